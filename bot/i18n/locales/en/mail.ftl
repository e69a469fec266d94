# E-mails. Each begins with mail-hello and ends with mail-signature.
mail-hello = Hello,
mail-signature = JobGen
# The subject shows the code, so that a phone's notification does, too.
mail-code =
    Your code is { $code }. Please type it into the chat. It works for { $minutes } minutes, and only in the chat that asked for it.

    Nobody from JobGen will ask you for this code. Please do not give it to anyone.

    If you did not ask for it, you can ignore this e-mail. Without the code, nobody can use your address.
    .subject = { $code } is your JobGen code
mail-continue = Continue here
mail-continue-about = This link works once, until { DATETIME($until, dateStyle: "long") }. When you open it, I will send a code to this e-mail address. You need it to go on, so the link is no use to anybody else.
mail-reminder-why = You get this reminder because you began to register as a JobGen mentor and gave us this e-mail address.
mail-stop = No more reminders
# The page that ends reminders, to which an e-mail links.
stop-title = Reminders
stop-question = Would you like to get no more reminders of your registration? Your answers stay saved.
stop-button = No more reminders
stop-done = You will get no more reminders. Your answers stay saved.
stop-unknown = This link is no longer good. To end the reminders, write “stop reminding me” in the chat, or write to { $contact }.
