# What the questions around the form say, and the clauses; the form's own are in form/.
question-clause =
    { $number ->
        [1] Here is the first part of the code. Do you agree with it?
       *[other] { $turn ->
            [even] Do you agree with this one?
           *[odd] Next one: do you agree?
        }
    }
    .again = Back to part { $number } of the code: do you agree?
question-code =
    Here is the code of ethics, in { $count } parts. Please read each part and say whether you agree with it. Each answer is saved at once, and you can change it.
    .again = Back to the code of ethics. Your answers are as you left them.
question-review =
    Here is everything you told me. Please check it.

    If everything looks right, press Submit. Then your background check begins. Nothing is sent before you press it, or type “submit”.
    .again = Here are your answers again. If everything looks right, press Submit.
question-review-below = Everything is ready. Nothing is sent before you press Submit.
    .again = If everything looks right, press Submit.
    .again-2 = When you are ready, press Submit.
question-reconsider =
    { $count ->
        [one] You said no to this. That is your right, and your answers stay saved. To become a mentor you need to agree to every part. Would you like to look at it again?
       *[other] You said no to these. That is your right, and your answers stay saved. To become a mentor you need to agree to every part. Would you like to look at them again?
    }
    .again =
        { $count ->
            [one] You said no before. Would you like to look at it again?
           *[other] You said no to these before. Would you like to look at them again?
        }

question-reconsider-withdrawn =
    { $count ->
        [one] You withdrew your consent to this, so you cannot be a mentor right now. Your other answers stay saved. If you change your mind, press “Agree again”, and I’ll show you the full wording first.
       *[other] You withdrew your consent to these, so you cannot be a mentor right now. Your other answers stay saved. If you change your mind, press “Agree again”, and I’ll show you the full wording first.
    }
    .again =
        { $count ->
            [one] You withdrew your consent to this. You can agree to it again at any time.
           *[other] You withdrew your consent to these. You can agree to them again at any time.
        }
question-start_over = Do you want to delete all your answers and begin again with the first question?
    .again = Back to the question: delete your answers and begin again?
question-confirm = Just to be sure that I understand you: do you agree?
    .again = Just so I note it correctly: do you agree? Yes or no is enough.
question-save-name = Do you want me to save “{ $text }” as your name?
    .again = Is “{ $text }” your name? If not, just type your name.
question-save-text = Do you want me to save “{ $text }” as your answer?
    .again = Is “{ $text }” your answer? If not, just type your answer.
question-save-email = Did you mean { $text }?
    .again = So, did you mean { $text }? Or just type your e-mail address.
title-present = Saved now
title-new = The new one
question-cancel = Do you want to end your registration and delete all your answers?
    .again = Back to the question: delete your answers and end your registration?

step-review = Check your answers
progress = { $label } · step { $step } of { $of }

button-start = Let’s start
button-agree = I agree
button-disagree = I do not agree
button-one-by-one = One at a time
button-on-one-card = All on one card
button-back = Back
button-keep = Keep my answer
button-submit = Submit
button-change = Change
button-show-answers = Show my answers
button-whole = Read all answers
button-change-row = ✎ { $label }
button-reconsider = Look again
button-do-start-over = Start over
button-do-cancel = Delete my answers
button-keep-answers = Keep my answers
button-continue = Continue
# The time is read from this label.
button-in-a-week = In a week
button-no-reminders = No more reminders
button-review = Review my answers
button-start-over = Start over
button-example = Show an example
button-meaning = What does it mean?
button-why = Why do you ask?
button-person = Talk to a person
button-here = Yes, answer me here
button-no-person = I don’t need a person any more
button-go-on = Go on with the form
button-receipt = What I agreed to
button-to-read = Read or print it
button-to-save = Download it as data
button-later = Go on later
button-not-now = Not now
button-date = { $day } { $month } { $year }

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

question-email_code =
    Please type the six digits that I sent to your e-mail address.

    It can take a minute. Please look in your spam folder, too.
    .again = Which six digits are in our e-mail to you?
# Where no code was sent yet.
question-email_code-later = Please press “Send a new code” then. Everything you told me is saved.
question-join =
    You began a registration before, on { DATETIME($began, dateStyle: "long") }, with { $theirs } of { $of } answers. Here you have given { $mine }.

    Which one do you want to keep? The other one will be deleted.
    .again = Which of the two registrations do you want to keep?
question-join-submitted = You have sent us a registration with this address already. Do you want to go on with that one? What you wrote here will be deleted then.
    .again = Do you want to go on with the registration that you sent us before?
somebody-unnamed = somebody without a name yet
question-join-link =
    This link leads to a registration that { $who } began on { DATETIME($began, dateStyle: "long") } at { DATETIME($began, timeStyle: "short") } { $zone }.

    Is it yours? { $code ->
        [needed] If so, I’ll send a code to that e-mail address first.
       *[no] If so, it will go on here, and no longer be open where it was begun.
    }
    .again = Is the registration of that link yours?
question-join-link-two =
    This link leads to a registration that { $who } began on { DATETIME($began, dateStyle: "long") } at { DATETIME($began, timeStyle: "short") } { $zone }. You have one of your own here, too.

    Which one do you want to go on with here? { $code ->
        [needed] For the one from the link, I’ll send a code to that e-mail address first. What you answered here will be deleted then, unless it is open on another device.
       *[no] If it is the one from the link, what you answered here will be deleted, unless it is open on another device.
    }
    .again = Which of the two do you want to go on with here: the one from the link, or your own?
question-join-code =
    Please type the six digits that I sent to { $address }. They show me that the registration is yours.

    It can take a minute. Please look in your spam folder, too.
    .again = Which six digits are in our e-mail to { $address }?
question-withdraw = You agreed to this. Do you want to withdraw this consent? Then your background check stops, your date of birth is deleted, and your profile is not shown to job seekers.
    .again = Do you want to withdraw it? Your check stops then, your date of birth is deleted, and your profile is not shown.
question-delete = Do you want to delete your account? Everything you told us is deleted, your background check is stopped, and your profile is no longer shown.
    .again = Back to the question: delete your account and everything in it?

button-resend-code = Send a new code
button-other-address = Use another address
button-join-other = The one from before
button-join-this = This one
button-withdraw = Withdraw a consent
button-agree-again = Agree again
button-end-nothing = None of these
button-join-mine = Yes, go on with it
button-join-not-mine = No, it is not mine
button-join-link = The one from the link
button-join-keep = Keep my own
button-do-withdraw = Withdraw this consent
button-keep-consent = Keep this consent
button-do-delete = Delete my account
button-keep-account = Keep my account
button-save = Yes, save it
button-use = Yes, { $text }
button-use-typed = No, { $text }
button-save-change = Save
button-keep-present = Keep as it is
button-change-photo = Change my photo
button-change-expertise = Change my expertise
button-export = My data
button-reminders-off = No more reminders
button-reminders-on = Remind me tomorrow
button-home = Status and settings
button-save-not = No, do not save it
button-try-again = Try again
button-link-telegram = Go on in Telegram
button-link-web = Go on in a browser

# Above a translation of a clause; the English text is the one that is agreed to.
translation-label = A translation, to help you read. The English text above is the one that counts.
