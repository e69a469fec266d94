language-name = English
# A time on the receipt, in e-mails and among a mentor's data.
moment = { DATETIME($at, dateStyle: "long") } at { DATETIME($at, timeStyle: "short") } UTC
# The first words, and the words for someone who comes back.
greeting =
    Hello, and thank you for thinking of becoming a { -organisation } mentor.

    I am a bot. I will ask you the questions of our mentor form, one at a time. It takes about ten minutes and has { $steps } steps. Please have a photo of yourself ready.

    Every answer is saved as you go, so you can stop and come back. You can change any answer until you submit, and most of them after that. Your date of birth is used only for a background check and deleted after it.
    .again = Hello again. I can register you as a mentor, or answer your questions about it.
    .again-2 = Hi! Whenever you are ready.
greeting-back = Welcome back. Everything you told me so far is saved. You are at: { $place }.
    .again = Good to see you again. We can go on with { $open }, look at your answers, or start over.
    .again-2 = Here you are. Everything is saved.
question-start = Would you like to start?
    .again = Are you ready to start?
fallback-start = I didn’t quite get that. I can register you as a mentor, or answer questions about it. You can also write to { $contact }.
    .again = Say “yes” to start, or ask me a question. You can also write to { $contact }.
    .again-2 = Sorry, I still don’t follow. Would you like to register as a mentor?
greeting-here = Hello! You are at: { $place }. Everything you told me is saved.
    .again = Hello again. We can go on with { $open }.
    .again-2 = Hi! { $place }.
