# Replies to small talk.
chat-thanks = You’re welcome.
    .again = Any time.
    .again-2 = My pleasure.
chat-goodbye = Goodbye for now. Everything is saved. Just write when you’re back, and we’ll go on with { $open }.
    .again = See you. Your answers are saved.
    .after = Goodbye. Everything is sent, and I’ll write to you here when the check is done.
    .after-again = See you. There is nothing left for you to do.
chat-bot = I am { -organisation }’s bot, not a person. A person at { -organisation } looks at your registration when you are done.
    .again = Yes, I’m a bot. If you’d rather talk to a person, write to { $contact }.
chat-feelings = Kind of you to ask. I am a bot, so I am always ready to go on.
    .again = Fine, thank you.
chat-praise = That is kind of you. Thank you.
    .again = Thank you, I’m glad.
    .again-2 = How nice of you.
chat-abuse = I’m sorry that this isn’t going well. What’s still open is { $open }. You can also take a break, or write to a person: { $contact }.
    .again = I’m sorry. A person can help you: { $contact }. Your answers stay saved.
    .again-2 = I understand that you’re annoyed. We can go on with { $open }, or you can stop here.
    .after = I’m sorry that this isn’t going well. If you would rather talk to a person, write to { $contact }.
    .after-again = I’m sorry. A person can help you: { $contact }.
chat-complaint =
    I know it’s a lot. I ask about each point separately, so that it’s clear what you agree to. { $left ->
        [0] Only this answer and the final check are left.
        [1] Only this point and the final check are left.
       *[other] { $left } are left, about { $minutes } minutes. You can stop at any time.
    }
    .again = I understand. What’s open now is { $open }. You can also stop here and go on later.
    .again-2 = You’re right, it takes some patience. About { $minutes ->
        [one] a minute is
       *[other] { $minutes } minutes are
    } left.
    .after = I’m sorry that it takes so long. There is nothing you need to do now. If you have a question, write to { $contact }.
    .after-again = I understand. A person can tell you more: { $contact }.
chat-sorry = No problem.
    .again = That’s all right.
chat-laugh = Glad this form has its moments.
    .again = It’s good to hear you laugh.
chat-wait = Take your time. Just write when you’re back, and we’ll go on with { $open }.
    .again = No hurry. Your answers are saved.
    .after = Take your time. There is nothing you need to do now.
    .after-again = No hurry.
chat-ack = All right. Thank you.
    .again = Good.
chat-offtopic = I can’t help with that. I’m here to register you as a mentor and to answer questions about it.
    .again = That’s not something I know about. We can go on with { $open }.
    .again-2 = Sorry, I only know about the registration.
    .after = I can’t help with that. I can tell you how your registration stands: type “status”.
    .after-again = That’s not something I know about.
chat-goodbye-start = Goodbye for now. You can come back any time.
    .again = See you.
chat-abuse-start = I’m sorry that this isn’t going well. If you would rather talk to a person, write to { $contact }.
    .again = I’m sorry. A person can help you: { $contact }.
chat-abuse-email_code = I’m sorry. Please look in your spam folder, too. “Send a new code” brings you another one, or use another address.
    .again = I’m sorry about the wait. If no code comes, a person can help you: { $contact }.
chat-complaint-start = It takes about { $minutes } minutes, and you can stop at any time and go on later.
    .again = You don’t need to do it all at once. Every answer is saved.
chat-told = Sorry if it feels as if I asked twice. What’s still open is { $open }, so please answer it here.
    .again = I have no answer for { $open } yet. Your other answers are saved.
    .again-2 = I’m sorry. What I still need is { $open }.
    .after = Yes, everything you told me is sent and saved.
    .after-again = You’re right. There is nothing left for you to do.
chat-told-start = We haven’t started yet, so I have no answers of yours. If you began on another device, type your e-mail address when I ask for it.
    .again = I have no answers of yours here yet.
chat-told-consent = Sorry if it sounds alike: each part has its own wording, and I have no answer to this one yet.
    .again = The open one is { $open }. I need a yes or a no to it.
    .again-2 = Your other answers are saved. This one is still open: { $open }.
chat-worry = I understand. There is no hurry, and nothing is sent before you press Submit. If you’d like to talk to a person first, write to { $contact }.
    .again = Take your time. You can stop here, and everything stays saved. A person can answer your questions: { $contact }.
    .after = I understand. If something worries you, write to { $contact }. You can also withdraw a consent at any time.
    .after-again = A person can help you with that: { $contact }.
chat-worry-consent = I understand. It is your choice, and you can say no. Nothing is sent before you press Submit, and you can withdraw a consent later.
    .again = There is no hurry. If you’d like to talk about it first, write to { $contact }.
chat-worry-start = No need to worry: you promise nothing by starting, and you can stop at any time.
    .again = There is no hurry. Ask me anything you like first.
chat-offtopic-start = I can’t help with that. I’m here to register you as a mentor and to answer questions about it.
    .again = That’s not something I know about, sorry.
