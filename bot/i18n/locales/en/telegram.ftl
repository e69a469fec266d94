# Sentences that only Telegram uses.
telegram-private-only = I can only talk in a private chat, so I’ll leave this one. Write to me there: { $link }
telegram-description =
    I help you to become a volunteer mentor at { -organisation }: a few questions, a photo, and your consent to what mentors promise. It takes about ten minutes, you can stop at any time, and I keep what you told me.

    Send /privacy to read what happens to your data, and /delete_my_data to have it deleted.

    Press Start below.
telegram-short-description = Become a volunteer mentor at { -organisation }.
telegram-delete-it-yourself = Telegram did not let me delete your message with the date. Please do it yourself: hold it, then choose Delete.
# In the place of the last clause, once all are answered.
telegram-code-of-ethics =
    { $refused ->
        [0] ✓ Code of ethics: you agreed to all { $count } parts
       *[other] Code of ethics: you agreed to { $agreed } of { $count } parts
    }
button-hide-answers = Hide my answers
note-too-many =
    { $seconds ->
        [one] That was a lot in a short time, so I did not take your last message. Please send it again in { $seconds } second. Nothing I saved is lost.
       *[other] That was a lot in a short time, so I did not take your last message. Please send it again in { $seconds } seconds. Nothing I saved is lost.
    }
button-date-page = Pick the date
# The page that this button opens.
date-page-title = Your date of birth
date-page-label = Date of birth
date-page-why = It is stored encrypted, used only for your background check, and deleted when the check is complete.
date-page-send = Send
date-page-sending = Sending …
date-page-sent = Thank you. You can close this page and go on in the chat.
date-page-expired = Please open this page again from the button in the chat.
date-page-not-asked = That question is no longer open. Please go on in the chat.
date-page-failed = That did not work. Please try again, or type the date in the chat.
button-code-page = All on one page
# The page that this button opens.
code-page-title = Code of ethics
code-page-retry = Try again
code-page-loading = One moment …
code-page-sent = Thank you. You can close this page and go on in the chat.
code-page-expired = Please open this page again from the button in the chat. What you answered is saved.
code-page-not-asked = The code of ethics is no longer asked here. Please go on in the chat.
code-page-too-quick = That was very quick, so it did not count. Please read this part first, then press again.
code-page-failed = That did not work. Please try again, or go on in the chat.
button-photo-page = Crop a photo
# The page that this button opens.
photo-page-title = Your photo
photo-page-why = Choose a photo and crop it to a square. Job seekers will see it like this.
photo-page-sending = Sending the photo …
photo-page-sent = Thank you. You can close this page and go on in the chat.
photo-page-expired = Please open this page again from the button in the chat.
photo-page-not-asked = The photo is no longer asked for here. Please go on in the chat.
photo-page-failed = That did not work. Please try again, or send the photo in the chat.
command-start = Begin, or go on where you were
command-help = What you can ask me
command-status = How your registration stands
command-back = The question before
command-edit = See your answers and change one
command-pause = Stop for now; nothing is lost
command-privacy = What happens to your data
command-language = Choose the language
command-cancel = Cancel your registration; I’ll ask first
command-delete-my-data = Delete what you told me
note-voice = I cannot listen to recordings. Please type your answer.
note-video = I cannot watch videos. If you wanted to send a photo, send it as a photo. Otherwise, please type your answer.
note-sticker = I like it, but I cannot read an answer from it. Please type your answer, or press a button.
note-location = I do not need to know where you are, so I did not keep it. Please type your answer.
note-contact = I do not keep other people’s contacts. Please type your answer.
note-poll = I cannot take part in polls. Please type your answer.
note-story = I cannot see stories. Please type your answer.
note-forwarded = I only take what you write yourself, so I did not take a forwarded message. Please type your answer.
note-edit-taken = I saw that you edited your earlier message, and I have changed that answer.
note-edit-asked = I saw that you edited your earlier message. So that I get this right, I’ll ask you again.
note-edit-of-nothing = I saw that you edited an earlier message. No answer depends on it, so nothing has changed. To change an answer, type for example “change my expertise”.
note-photo-album = You sent several photos at once. I took the first one and did not keep the others.
