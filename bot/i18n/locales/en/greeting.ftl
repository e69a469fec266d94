language-name = English
# The first words, and the words for someone who comes back.
greeting =
    Hello, and thank you for thinking of becoming a JobGen mentor.

    I am a bot. I will ask you the questions of our mentor form, one at a time. It takes about ten minutes and has { $steps } steps. Please have a photo of yourself at hand.

    Every answer is saved as you go, so you can stop and come back. You can change any answer until you submit, and most of them after that. Your date of birth is used only for a background check and deleted after it.
greeting-back = Welcome back. Everything you told me so far is saved. We can go on, look at your answers, or start over.
question-start = Shall we start?
    .again = Would you like to start?
fallback-start = I did not quite get that. I can register you as a mentor, or answer questions about it. You can also write to { $contact }.
