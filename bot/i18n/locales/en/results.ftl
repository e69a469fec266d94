# Results of the background check, sent on the channel that the mentor used last, and by e-mail.
result-clear =
    Good news: your background check is done, and you are a { -organisation } mentor. Welcome!

    Job seekers can see your profile from now on{ $profile ->
        [none] {"."}
       *[other] {": "}{ $profile }
    }

    Your date of birth has been deleted. You can change your photo or your expertise in our chat at any time.
    .subject = Welcome: you are a { -organisation } mentor
result-review = Your background check has come back, and a person is looking at it. That can take { -check-takes }. There is nothing you need to do now.
    .subject = A person is looking at your background check
result-pre_adverse =
    Your background check has come back, and as it stands we would not be able to accept you as a mentor.

    Nothing is final yet. If something in it is wrong, or if there is something we should know, please write to { $contact } within { $days ->
        [one] { $days } day
       *[other] { $days } days
    }.
    .subject = About your background check: please read
result-declined = We are sorry: after your background check we cannot accept you as a mentor at this time. Your date of birth has been deleted. If you have questions, please write to { $contact }.
    .subject = About your { -organisation } registration
result-cancelled = Your background check was stopped before it was done. Your date of birth has been deleted, and your other answers are saved. You can try again.
    .subject = Your background check was stopped
result-expired = Your background check was not finished in time, so it has ended. Your date of birth has been deleted, and your other answers are saved. You can try again.
    .subject = Your background check has ended
