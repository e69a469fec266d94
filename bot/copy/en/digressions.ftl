# Answers to questions that mentors ask on the way.
faq-cost = It is free. You do not pay anything to be a mentor, and neither do we pay you: mentors are volunteers.
faq-duration = The questions take about ten minutes. You can stop at any time and go on later.
faq-check = A person or a checking service looks for criminal records under your name and date of birth. It starts only after you submit, and can take a few days.
faq-data = Your answers are saved on JobGen's own server. Your expertise and your photo are shown to job seekers. Your date of birth is used for the background check only and deleted after it.
faq-birth = Your date of birth is needed for the background check. Only the check sees it, and it is deleted when the check is done.
faq-person = Of course. Please write to { $contact } and a person will answer you.
faq-jobgen = JobGen is a site where volunteer mentors help people to find or create a job.
faq-mentor = A mentor guides someone online who wants to find or create a job, for at least two months. You choose whom you accept.
faq-change = Yes. Until you submit you can change every answer: type for example “change my photo”, or press Change when you check your answers.
faq-refuse = You can say no to anything, and nothing you saved is lost. To become a mentor you need to agree to every part, so I will ask you again at the end if you would like to look at it once more.
faq-help =
    I ask one question at a time. Just type your answer, or press a button.

    You can also type: “back”, “change my expertise”, “review my answers”, “repeat”, or “status”. Ask me about the cost, the background check, or your data whenever you like. To reach a person, write to { $contact }.

why-account = If you have an account already, I use it. If not, we open one for you.
why-full_name = We need your legal name for your account and for the background check.
why-email = We write to you there about your registration, and it goes with your account.
why-reasons = Your reasons help us to get to know you.
why-experience = It tells us what you have done so far. It is fine to be new to it.
why-expertise = Job seekers see it, so that they find the mentor who can help them.
why-photo = Job seekers see it next to your profile, so that they know who they talk to.
why-date_of_birth = The background check needs it. Only the check sees it, and it is deleted when the check is done.
why-consent = Every mentor agrees to this, so that job seekers are safe and know what to expect.
