# E-mails. The subject shows the code, so that a phone's notification does, too.
mail-code =
    Hello,

    your code is { $code }. Please type it into the chat. It is good for { $minutes } minutes, and only in the chat that asked for it.

    Nobody from JobGen will ask you for this code. Please do not give it to anyone.

    If you did not ask for it, you can ignore this e-mail. Without the code, nobody can use your address.

    JobGen
    .subject = { $code } is your JobGen code
mail-frame =
    Hello,

    { $text }

    JobGen
