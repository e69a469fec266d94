# The check of the answers, and what follows it.
label-account = Account
label-full_name = Full legal name
label-email = E-mail address
label-reasons = Your reasons
label-experience = Your experience
label-expertise = Your expertise
label-photo = Your photo
label-date_of_birth = Date of birth
value-photo = This is how job seekers will see it.
value-date_of_birth = •• •• ••••, locked away
value-agreed = You agreed
value-refused = You did not agree
summary = Here is what you told me so far.
mentor-date = •• •• ••••
mentor-photo = (photo)
mentor-file = (a file)
note-submitted =
    Thank you. Your registration is complete, and your background check is under way.

    That can take a few days. You can ask me for your status here any time.
status-new = You have not started yet.
status-draft = Your registration is not finished yet. Your answers so far are saved.
status-queued = You are registered, and your background check is under way. There is nothing you need to do now.
status-waiting = You are registered, and your background check is under way. There is nothing you need to do now.
status-clear = Good news: your background check is done, and you are a JobGen mentor. Your date of birth is deleted.
status-expired = Your background check was not finished in time, so it has ended. Your date of birth is deleted. You can try again.
status-declined = Your background check is done. We cannot accept you as a mentor at this time. Your date of birth is deleted. If you have questions, please write to { $contact }.
status-review = Your background check has come back, and a person is looking at it. You will hear from us here.
status-pre_adverse = We have written to you about your background check. Nothing is final yet. If you think it is wrong, please write to { $contact } now.
status-cancelled = Your background check was stopped before it was done. Your date of birth is deleted. You can try again.
status-withdrawn = You took back a consent, so you are not a mentor now, and your profile is not shown. Your date of birth is deleted, and no background check is under way. Your other answers are saved.
label-country = Country
label-region = State or province

# What is consented to, in short: on the buttons that withdraw a consent.
consent-background_check = Background check
consent-two_months = At least two months
consent-published_and_rated = Published and rated
consent-ethics_assist_and_guide = Assist and guide
consent-ethics_confidentiality = Confidentiality
consent-ethics_laws = Laws
consent-ethics_mentee_rights = Rights of mentees
consent-ethics_respect_for_time = Respect for time
consent-ethics_autonomy = Autonomy
consent-ethics_own_work = Their own work
consent-ethics_privacy = Privacy
consent-ethics_truthfulness = Truthfulness
consent-ethics_smooth_ending = A smooth ending
consent-ethics_no_exploitation = No exploitation
consent-ethics_own_limits = Your own limits
consent-ethics_records = Records
consent-ethics_ethical_issues = Ethical issues
consent-ethics_right_to_end = The right to end it
consent-code_of_ethics = The code as a whole
