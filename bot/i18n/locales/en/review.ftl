# The review of the answers, the submit, and the status after it.
value-agreed = You agreed
value-agreed-to = { $left ->
        [0] You agreed to all { $count }
       *[other] You agreed to { $count } of { $of }
    }
value-changed = Changed
value-refused = You did not agree
summary = Here is what you told me so far.
    .again = These are your answers so far.
    .again-2 = This is what I have saved.
mentor-date = •• •• ••••
mentor-photo = (photo)
mentor-file = (a file)
note-submitted =
    Thank you. Your registration is complete, and your background check is running.

    It takes { -check-takes }; I don’t know the exact day. When it is done, I’ll write to you here. Until then there is nothing you need to do. Type “status” any time.
status-new = You have not started yet.
    .again = We haven’t begun yet: say “yes” to start.
status-draft = You are at: { $place }. Everything so far is saved. { $left ->
        [0] Only the final check is left: nothing is sent yet, so you are not a mentor yet.
        [1] One more answer and the final check are left.
       *[other] { $left } answers and the final check are left, about { $minutes } minutes.
    }
    .again = Your registration isn’t finished yet. What’s open is { $open }.
    .again-2 = { $place }. Next: { $next }.
status-queued = You are registered, and your background check is running. You sent us everything on { DATETIME($since, dateStyle: "long") }. It takes { -check-takes }; I don’t know the exact day. When it is done, I’ll write to you here. There is nothing you need to do now.
    .again = Your check has been running since { DATETIME($since, dateStyle: "long") }. It takes { -check-takes }. I’ll write to you here when it is done.
    .again-2 = No news yet: the check began on { DATETIME($since, dateStyle: "long") } and takes { -check-takes }.
status-waiting = You are registered, and your background check is running. You sent us everything on { DATETIME($since, dateStyle: "long") }. It takes { -check-takes }; I don’t know the exact day. When it is done, I’ll write to you here. There is nothing you need to do now.
    .again = Your check has been running since { DATETIME($since, dateStyle: "long") }. It takes { -check-takes }. I’ll write to you here when it is done.
    .again-2 = No news yet: the check began on { DATETIME($since, dateStyle: "long") } and takes { -check-takes }.
status-clear = Good news: your background check is done, and you have been a { -organisation } mentor since { DATETIME($since, dateStyle: "long") }. Job seekers can see your profile. Your date of birth has been deleted.
    .again = You have been a { -organisation } mentor since { DATETIME($since, dateStyle: "long") }. Your background check is done.
    .again-2 = All done: you are a mentor, and job seekers can see your profile.
status-expired = Your background check was not finished in time, so it ended on { DATETIME($since, dateStyle: "long") }. Your date of birth has been deleted. You can try again.
    .again = Your check has ended without a result. You can try again.
    .again-2 = No check is running now. You can start a new one.
status-declined = Your background check was done on { DATETIME($since, dateStyle: "long") }. We cannot accept you as a mentor at this time. Your date of birth has been deleted. If you have questions, please write to { $contact }.
    .again = We cannot accept you as a mentor at this time. A person can tell you more: { $contact }.
    .again-2 = The check is done, and the answer was no. For questions, please write to { $contact }.
status-review = Your background check has come back, and a person is looking at it. You sent us everything on { DATETIME($since, dateStyle: "long") }. That can take { -check-takes }; I don’t know the exact day. You will hear from us here.
    .again = A person is looking at your check. I’ll tell you here how it ended.
    .again-2 = No news yet: a person is still looking at your check.
status-pre_adverse = We wrote to you about your background check on { DATETIME($since, dateStyle: "long") }. Nothing is final yet. If you think it is wrong, please write to { $contact } now.
    .again = Nothing is final yet. Please read our message about your check, and write to { $contact } if it is wrong.
    .again-2 = You can still respond: write to { $contact }.
status-cancelled = Your background check was stopped on { DATETIME($since, dateStyle: "long") }, before it was done. Your date of birth has been deleted. You can try again.
    .again = Your check was stopped. You can try again.
    .again-2 = No check is running now. You can start a new one.
status-withdrawn = You withdrew a consent on { DATETIME($since, dateStyle: "long") }, so you are not a mentor now, and your profile is not shown. Your date of birth has been deleted, and no background check is running. Your other answers are saved.
    .again = You are not a mentor now, as you withdrew a consent. You can agree again at any time.
    .again-2 = No check is running, and your profile is not shown. Your other answers are saved.

