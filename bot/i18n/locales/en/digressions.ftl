# Answers to general questions that mentors ask on the way. What is said about one item is in items.ftl.
faq-data = Your answers are saved on our server, and job seekers see your expertise and photo. Your date of birth is used only for the background check and then deleted. If you would like to know more, write to { $contact }.
faq-delete = Type “delete my answers”, or “delete my account” once you have submitted. I ask once more, and then I delete them.
faq-change = Yes, until you submit you can change every answer. Type for example “change my photo”. After that you can still change all but your name, your kind of account and your date of birth.
faq-check = Someone looks for criminal records under your name and date of birth. It is a person at JobGen or a checking service. It starts only after you submit.
faq-check_time = It can take a few days. After you submit, type “status” here at any time to see where it stands.
faq-record = A record is not a no by itself. A person looks at it and decides. If you would like to talk about it, write to { $contact }.
faq-cost = It is free. You pay nothing to be a mentor, and we do not pay you, as mentors are volunteers.
faq-duration = It takes about ten minutes. With each question you see which step you are on. You can stop at any time and go on later.
faq-pause = Yes, every answer is saved as you go. Come back to this chat any time, and we go on from the same place. On the website, use the same browser.
faq-time = Our form sets no hours a week. You and your mentee agree on that, so tell them what fits with your job. You promise each person you accept at least two months.
faq-after = Once you submit, your background check begins and can take a few days. If it is clear, you are a mentor. Type “status” here at any time to see how it stands.
faq-refuse = You can say no, and I respect it and note it down. Nothing you saved is lost. Mentors need to agree to every part, so I will ask you again at the end.
faq-breach = I do not know what we do in each case, and I cannot give advice on the law. A person can tell you more if you write to { $contact }.
faq-leave = Yes, you can stop later. To withdraw a consent, type “withdraw a consent”. To end it all, type “delete my account”. You and your mentee may each end your mentoring at any time.
faq-published = All you do with others as a mentor is shown on the JobGen website. The people who take part rate it. I do not know more about how that works, but a person can tell you at { $contact }.
faq-mentor = A mentor guides someone online who wants to find or create a job. You choose whom you accept. You help each of them for at least two months.
faq-eligible = You need to be at least 18, and you can be new to mentoring. The form asks for no degree and names no country, but the laws where you live apply. If you are not sure, write to { $contact }.
faq-account = An account is what you log in to JobGen with. If you are not sure you have one, choose “I need to register”. I do not need your password, and if you cannot log in, write to { $contact }.
faq-photo = We need one clear photo of your face. A selfie is fine, but a logo is not. When I ask for it, send it here as JPEG, PNG, WebP or HEIC, up to 20 MB and at least 200 by 200 pixels.
faq-receipt = Here is what you agreed to, each with its full text, your reply and the time. You can read it, print it or keep it.
faq-languages = I write English and French. Press the button, or write “en français”, to switch. In your own texts you may use any language. Job seekers see your expertise just as you write it.
faq-person = Of course. Write to { $contact } to reach a person. Your answers stay saved here.
faq-jobgen = JobGen is a site where volunteers help people to find or create a job. To learn more about us, write to { $contact }.
faq-help =
    I ask one question at a time. Just type your answer, or press a button.

    You can also type “back”, “repeat”, “change my expertise”, “review my answers”, “pause”, “start over” or “status”. Ask me why I ask, what something means or who sees it. To reach a person, write to { $contact }.
faq-commands = The commands that I know are /start, /help, /status, /back, /edit, /pause, /privacy, /language and /delete_my_data.
faq-my_data = Here is everything that we keep about you. You can read it, print it or keep it.
