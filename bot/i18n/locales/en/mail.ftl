# E-mails. Each begins with mail-hello and ends with mail-signature.
mail-hello = Hello,
mail-signature = { -organisation }
# The subject shows the code, so that a phone's notification does, too.
mail-code =
    Your code is { $code }. Please type it into the chat. It works for { $minutes } minutes, and only in the chat that asked for it.

    Nobody from { -organisation } will ask you for this code. Please do not give it to anyone.

    If you did not ask for it, you can ignore this e-mail. Without the code, nobody can use your address.
    .subject = { $code } is your { -organisation } code
mail-continue = Continue here
mail-continue-about = This link works once, until { DATETIME($until, dateStyle: "long") }. When you open it, I will send a code to this e-mail address. You need it to go on, so the link is no use to anybody else.
mail-reminder-why = You get this reminder because you began to register as a { -organisation } mentor and gave us this e-mail address.
mail-stop = No more reminders
# The copy that follows the submit. $at is the day of it.
mail-submitted =
    Thank you. You sent your registration as a { -organisation } mentor on { DATETIME($at, dateStyle: "long") }. This is a copy of what you answered and agreed to, in the wording that you were shown. Your date of birth is not in it. Please keep this e-mail.

    Next comes your background check. It takes { -check-takes }. You do not have to do anything: I will write to you when it is done.

    In our chat, you can ask for your status, change your photo or your expertise, withdraw a consent or delete your account at any time. If something here is wrong, write to { $contact }.

    The attached file is your consent receipt, for programs to read.
    .subject = Your { -organisation } registration: a copy for you
mail-photo = The photo that you sent
mail-agreed = You agreed · { $at } · SHA-256 { $sha256 }
# After a consent was withdrawn. $at is the day of it.
mail-withdrawn =
    You withdrew a consent on { DATETIME($at, dateStyle: "long") }. Your background check has been stopped if it was not done, your date of birth has been deleted, and your profile is not shown.

    Your other answers stay saved. If you change your mind, you can agree again: I will then ask for your date of birth, and a new check begins when you send your registration.

    If you do not want to be a mentor any more, write “delete my account” in our chat, or write to { $contact }: everything is deleted then.
    .subject = You withdrew a consent
mail-withdrawn-wording = What you withdrew
# The page that ends reminders, to which an e-mail links.
stop-title = Reminders
stop-question = Would you like to get no more reminders of your registration? Your answers stay saved.
stop-button = No more reminders
stop-done = You will get no more reminders. Your answers stay saved.
stop-unknown = This link is no longer good. To end the reminders, write “stop reminding me” in the chat, or write to { $contact }.
