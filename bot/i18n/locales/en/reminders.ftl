# Reminders of a registration that is not finished. Each is sent in the chat and, with its subject, by e-mail, as
# `.email` where links follow.
reminder-1 =
    You began to register as a { -organisation } mentor, and what you told me is saved. To go on, come back to our chat and send me any message.

    If you do not want to be reminded, write “stop reminding me” there.
    .subject = Your mentor registration is saved
    .email = You began to register as a { -organisation } mentor, and what you told me is saved. You can go on where you left off.
reminder-3 =
    Your mentor registration is saved, just as you left it. To go on, send me any message in our chat.

    If you do not want to be reminded, write “stop reminding me” there.
    .subject = Would you like to finish your registration?
    .email = Your mentor registration is saved, just as you left it.
reminder-asked =
    You asked me to remind you of your { -organisation } mentor registration. Everything is saved. To go on, send me any message in our chat.

    If you do not want to be reminded again, write “stop reminding me” there.
    .subject = Your mentor registration: the reminder you asked for
    .email = You asked me to remind you of your { -organisation } mentor registration. Everything is saved.
reminder-14 =
    It has been two weeks since we last talked about you becoming a { -organisation } mentor. If you would still like to help people find a job, send me any message in our chat, and we’ll go on where you left off.

    This was my last reminder. If you have changed your mind, you can ignore this message. You can also write “stop reminding me” there.
    .subject = Would you still like to be a mentor?
    .email =
        It has been two weeks since we last talked about you becoming a { -organisation } mentor. If you would still like to help people find a job, we can go on where you left off.

        This was my last reminder. If you have changed your mind, you can ignore this message.
