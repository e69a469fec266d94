# The first words, and the words for someone who comes back.
greeting =
    Hello, and thank you for thinking of becoming a JobGen mentor.

    I am a bot. I will ask you the questions of our mentor form, one at a time. It takes about ten minutes and has { $steps } steps. Please have a photo of yourself at hand.

    Every answer is saved as you go, so you can stop and come back. You can change any answer until you submit. Your date of birth is used only for a background check and deleted after it.
greeting-back = Welcome back. Everything you told me so far is saved. Here is where we were.
question-start = Shall we start?
chat-thanks = You are welcome.
chat-goodbye = Goodbye for now. Your answers are saved. Come back here any time and we will go on where we stopped.
chat-bot = Yes, I am a bot. A person at JobGen looks at your registration when you are done.
fallback-start = I did not quite get that. I can register you as a mentor, or answer questions about it. You can also write to { $contact }.
fallback = I did not quite get that. Type “help” to see what I can do, or write to a person at { $contact }.
