# Answers about the questions around the form; those about the form's own are in form/.
why-review = I show it so that nothing goes out by mistake. You can still put right what is wrong.
why-start = I ask so that nothing begins before you say yes. You can ask me things first, if you like.

meaning-review = This is all you told me. Submit sends it to us and starts the background check. Change lets you answer one question again.
meaning-start = { -about } Here you can register as one of these mentors. If you say yes, I’ll ask the questions of the mentor form, one at a time. You promise nothing by starting.

sees-consent = The people at { -organisation } who look at your answers see how you replied.
sees-review = People at { -organisation } see your answers. Job seekers are shown your expertise and your photo. Your date of birth is only for the check.
sees-start = Nobody sees an answer before you give one. Later, people at { -organisation } see your answers. Job seekers see your expertise and your photo.

kept-consent = We keep your reply, with the time, as a record of what was agreed. It stays as long as your registration does.
kept-review = Your date of birth is deleted when the check is complete. The rest stays with your registration. Until you submit, you can type “delete my answers”, and after that “delete my account”.
kept-start = Your answers are saved as you go and stay with your registration. Your date of birth is deleted when the check is complete.

example-review = If everything looks right, press Submit. If not, press Change next to it, or type for example “change my expertise”.
example-start = Press the button, or type “yes”.

why-reconsider = You said no to a part of the form. A mentor needs to agree to every part, so I ask if you would like to see it again.
meaning-reconsider = If you say yes, I’ll show you again what you said no to. You can still say no to it then.
sees-reconsider = The people at { -organisation } who look at your answers see how you replied.
kept-reconsider = We keep your reply, with the time, as a record of what was agreed. It stays as long as your registration does.
example-reconsider = Press one of the two buttons. You can also type “yes” or “no”.

why-deletion = You asked me to start over or to end this. I’m asking first, so that nothing is lost by mistake.
meaning-deletion = If you say yes, I’ll delete every answer you gave me, and your photo. If you say no, all stays as it is.
sees-deletion = Nobody sees deleted answers after that.
kept-deletion = If you keep your answers, they stay with your registration. If not, I’ll delete them at once.
example-deletion = Press one of the two buttons. If you type “no”, all your answers are kept.
    .again = Yes deletes your answers, and no keeps them.

why-email_code = The code shows me that the address is really yours. Nobody else can register with it then.
meaning-email_code = I sent six digits to your e-mail address. Type them here, and your address is confirmed.
sees-email_code = Nobody sees the code but you.
kept-email_code = A code works for ten minutes. I keep only a way to check it, for a day at most. Your registration records that your address is confirmed.
example-email_code = A code looks like 204 816. You can type it with or without the space.

why-join = A link or an address led to another registration, and only one can go on here. I ask, so that nobody gets into somebody else’s.
meaning-join = Choose the registration that you want to go on with here. If you did not begin the other one, stay with yours.
sees-join = Nobody sees deleted answers after that.
kept-join = The one you choose stays saved. The question says what happens to the other one.
example-join = Press one of the two buttons. “Yes” means the other registration, “no” means to stay with this one.

why = We ask only what your account, your mentor profile and the background check need. Ask me about one thing, for example “why do you need my photo?”.
meaning = Ask me about one thing, for example “what does clause 3 mean?”, and I’ll explain it.
sees = People at { -organisation } see your answers. Job seekers see only your expertise and your photo, once you are a mentor.
kept = Your date of birth is deleted when the check ends. The rest stays until you delete it: type “delete my account”.
example = Ask me about one thing, for example “an example for clause 3”.
# What happens if a mentor says no, or would rather not answer.
refuse-email_code = I can’t go on without the code, as it shows that the address is yours. You can use another address if you like.
refuse-text = We need a few words here, and short ones are fine. Leave out what you’d rather keep to yourself.
refuse-consent = You can say no. I’ll note it and ask you again at the end. Your answers stay saved, but to become a mentor you need to agree to every part.
refuse-reconsider = You can leave it at no. Your answers stay saved, but you can’t become a mentor then. You can come back and agree at any time.
refuse-review = Then nothing is sent, and no background check begins. Your answers stay saved.
refuse-start = Then nothing begins, and nothing is saved. You can come back any time.
refuse-deletion = If you say no, everything stays as it is.
refuse-join = If you say no, you stay with the registration that you have here.
refuse = You can withdraw a consent at any time: type “withdraw a consent”. Then your check stops, and your profile is not shown.
# What to do if a mentor cannot answer.
cannot-question = Take your time: what you saved stays here. If you can’t answer this, write to { $contact }.
cannot-email_code = Please look in your spam folder. If nothing comes, press “Send a new code”, or use another address.
cannot-text = A sentence or two is enough, in your own words. If you have none yet, think of one thing you’d tell a friend about it.
cannot-consent = You decide, and there is no hurry. If you can’t agree to it, say no: it can be changed later. To talk about it first, write to { $contact }.
cannot-start = Take your time. You can come back to this chat whenever you are ready.
cannot-review = Take your time: nothing is sent before you press Submit.
cannot = That’s fine. Type for example “change my photo” when you are ready, or write to { $contact }.
cannot-reconsider = There is no hurry. If you can’t decide, leave it and come back later.
cannot-deletion = If you can’t decide, answer no: then nothing is deleted.
cannot-join = If you can’t decide, stay with the registration that you have here.

# Whether something can be skipped.
skip-question = No, I need an answer to this one. A short answer is fine.
    .again = This one can’t be skipped. A few words are enough.
skip-consent = You can’t skip this one, but you are free to say no to it.
    .again = This one needs a yes or a no. I’ll ask again at the end if you say no.
skip-email_code = No, the code shows that the address is yours. You can ask for a new code, or use another address.
    .again = The code can’t be skipped. If it doesn’t come, use another address.
skip-review = You can skip nothing here, but nothing is sent before you press Submit.
    .again = Press Submit when everything looks right, or come back later.
skip-reconsider = You can leave it at no, and your answers stay saved. To become a mentor you need to agree to every part.
    .again = You can leave this for now. Just write when you’re back.
skip-deletion = I need a yes or a no here. With no, nothing is deleted.
    .again = Please answer yes or no. With no, everything stays as it is.
skip-join = I need to know which of the two you want to keep. To stay with this one, answer no.
    .again = Please choose one of the two first.
# What a question is called in a sentence: “… and we’ll go on with the final check.”
item-email_code = the code from our e-mail
item-review = the final check of your answers
item-reconsider = what you said no to
item-join = the choice between the two registrations
item-start = the first question
item-other = this question
