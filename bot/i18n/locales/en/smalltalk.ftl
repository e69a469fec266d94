# Replies to small talk.
chat-thanks = You are welcome.
chat-goodbye = Goodbye for now. What you told me is saved, so you can come back here any time.
chat-bot = I am JobGen's bot, not a person. A person at JobGen looks at your registration when you are done.
chat-feelings = Kind of you to ask. I am a bot, so I am always ready to go on.
chat-praise = That is kind of you. Thank you.
chat-abuse = I am sorry that this is not going well. You can take a break, and your answers stay saved. If you would rather talk to a person, write to { $contact }.
chat-complaint = It is a lot to go through, I know. You can stop at any time and go on later, as your answers are saved.
chat-sorry = No harm done.
chat-laugh = A bit of fun does a form good.
chat-wait = Take your time. What you told me so far is saved.
chat-ack = All right, thank you.
chat-offtopic = I cannot help with that. I am here to register you as a mentor and to answer questions about it.
