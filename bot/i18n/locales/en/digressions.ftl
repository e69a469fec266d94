# Answers to general questions. Answers about one item are in form/, and in items.ftl.
faq-data = Your answers are saved on our server, and job seekers see your expertise and photo. Your date of birth is stored encrypted. It is used only for the background check and then deleted. If you would like to know more, write to { $contact }.
faq-delete = Type “delete my answers”, or “delete my account” once you have submitted. I’ll ask you first, and then delete them.
    .after = Type “delete my account”. I’ll ask you first, and then delete everything.
faq-change = Yes, until you submit you can change every answer. Type for example “change my photo”. After that you can still change all but your name, your kind of account and your date of birth.
    .after = Yes. Type for example “change my photo”. Your name, your kind of account and your date of birth stay as they are, as the check is about them.
faq-check = Someone looks for criminal records under your name and date of birth. It is a person at { -organisation } or a checking service. It starts only after you submit. I don’t know which records it covers, spent convictions for example. A person can tell you: { $contact }.
    .after = Someone looks for criminal records under your name and date of birth. It is a person at { -organisation } or a checking service. I don’t know which records it covers. A person can tell you: { $contact }.
faq-check_time = The check begins when you submit. It can take { -check-takes }. After that, type “status” any time to see where it stands.
    .after = Your check is running. It takes { -check-takes }; type “status” any time.
    .after-again = It takes { -check-takes }. I’ll write to you here when it is done.
faq-record = A record is not a no by itself. A person looks at it and decides. If you would like to talk about it, write to { $contact }.
faq-cost = { -cost }
faq-duration =
    { $left ->
        [0] Only this answer and the final check are left, about { $minutes ->
            [one] a minute
           *[other] { $minutes } minutes
        }.
        [1] This point and the final check are left, about { $minutes ->
            [one] a minute
           *[other] { $minutes } minutes
        }.
       *[other] { $left } { $short ->
            [yes] short points
           *[no] questions and short points
        } and the final check are left, about { $minutes } minutes.
    }
    .again = About { $minutes ->
        [one] a minute
       *[other] { $minutes } minutes
    } more. You are at: { $place }.
    .after = Nothing is left for you to do. Your check is running. It takes { -check-takes }; type “status” any time.
    .after-again = You are done. The check takes { -check-takes }, and I’ll write to you here.
faq-pause = Yes, every answer is saved as you go. Come back to this chat any time, and we’ll go on from the same place. On the website, use the same browser, or type “continue elsewhere” for a link.
    .after = You can close this chat. Everything is sent and saved, and you can come back any time.
faq-time = Our form sets no hours a week. You and your mentee agree on that, so tell them what fits with your job. You promise each person you accept at least two months.
faq-after = Once you submit, your background check begins. It takes { -check-takes }. If it is clear, you are a mentor, and I’ll tell you here.
    .again = First the background check, for { -check-takes }. Then I’ll tell you here how it ended.
    .after = Your check is running. It takes { -check-takes }; type “status” any time. If it is clear, you are a mentor.
    .after-again = Now the check runs for { -check-takes }. I’ll write to you here when it is done.
faq-breach = I don’t know what we do in each case, and I can’t give legal advice. A person can tell you more if you write to { $contact }.
faq-leave = Yes, you can stop later. To withdraw a consent, type “withdraw a consent”. To end it all, type “delete my account”. You and your mentee may each end your mentoring at any time.
faq-published = What you do with others as a mentor is published on the { -organisation } website, and those who take part rate it. I don’t know who reads it there, or how private messages are shown. A person can tell you: { $contact }.
    .again = The form says that all your interactions as a mentor are published. For the details, ask a person: { $contact }.
faq-mentor = A mentor guides someone online who wants to find or create a job. You choose whom you accept. You help each of them for at least two months.
faq-eligible = You need to be at least 18, and you can be new to mentoring. The form asks for no degree and names no country, but the laws where you live apply. If you are not sure, write to { $contact }.
faq-account = An account is what you log in to { -organisation } with. If you are not sure you have one, choose “I need to register”. I do not need your password, and if you cannot log in, write to { $contact }.
faq-photo = We need one clear photo of your face. A selfie is fine, but a logo is not. When I ask for it, send it here as JPEG, PNG, WebP or HEIC, up to 20 MB and at least 200 by 200 pixels.
faq-voice = I can’t listen to recordings. Please type your answers: a few words are enough, and typing errors don’t matter.
faq-report = I don’t have the report, and I don’t know whether you can have a copy of it. A person can tell you: { $contact }.
faq-face = I don’t recognise faces. I only check that the file is a picture and large enough. I don’t know how { -organisation } looks at it: a person can tell you at { $contact }.
faq-receipt = Here is what you agreed to so far, each with its full text, your reply and the time. You can read it, print it or keep it. You also get it by e-mail when you send your registration.
faq-languages = I write English and French. Press the button, or write “en français”, to switch. In your own texts you may use any language. Job seekers see your expertise just as you write it.
faq-person = Of course. Write to { $contact } to reach a person. Your answers stay saved here.
faq-organisation = { -about } To learn more about us, write to { $contact }.
faq-help-start =
    I ask you about yourself and your experience, a photo, a background check and our code of ethics, one question at a time. It takes about { $minutes } minutes. At the end you check everything and submit it.

    Say “yes” to start, or ask me anything first. To reach a person, write to { $contact }.
    .again = Say “yes” to start, or ask me a question. A person helps you at { $contact }.
faq-help =
    I ask one question at a time. Just type your answer, or press a button.

    You can also type “back”, “repeat”, “change my expertise”, “review my answers”, “pause”, “start over” or “status”. Ask me why I ask, what something means or who sees it. To reach a person, write to { $contact }.
    .again = Type your answer, or press a button. “back”, “review my answers”, “pause” and “status” work at any time. A person helps you at { $contact }.
    .again-2 = What’s open is { $open }. Ask me about it, or write to { $contact }.
    .after =
        You can type “status”, “change my photo”, “change my expertise”, “download my data”, “withdraw a consent” or “delete my account”.

        To reach a person, write to { $contact }.
    .after-again = “status”, “change my photo”, “download my data”, “withdraw a consent” and “delete my account” work here. A person helps you at { $contact }.
faq-commands = The commands that I know are /start, /help, /status, /back, /edit, /pause, /privacy, /language, /cancel and /delete_my_data.
    .after = Here you can use /status, /help, /privacy, /language and /delete_my_data.
faq-my_data = Here is everything that we keep about you. You can read it, print it or keep it.
faq-duration-start = It takes about { $minutes } minutes, in { $steps } steps: { $left } questions and short points and the final check. You can stop at any time and go on later.
    .again = About { $minutes } minutes, and you can take a break whenever you like.
faq-duration-reconsider = Only this choice and the final check are left, a minute or two.
    .again = This choice, and then the final check. That is all.
faq-duration-review = Only this final check is left, about a minute. Once you submit, the background check takes { -check-takes }.
    .again = You are nearly done: press Submit when everything looks right. The background check then takes { -check-takes }.
faq-when = You can begin once your background check is clear. The two months begin on the day you accept someone.
    .after = You can begin once your background check is clear. I’ll write to you here when it is.
    .clear = You can begin now: you are a { -organisation } mentor.
faq-when-consent = It holds from the time you are a mentor. First your background check has to be clear.
faq-next = I need { $open } first, then { $next }. At the end you check everything, and nothing is sent before you press Submit.
    .again = Right now it’s { $open }, then { $next }.
    .again-2 = You are at: { $place }. Next is { $next }.
    .after = Nothing for you to do now. Your check is running. It takes { -check-takes }; type “status” any time.
    .after-again = Just wait: I’ll write to you here when the check is done.
faq-next-start = I ask you about yourself and your experience, a photo, a background check and our code of ethics. It takes about { $minutes } minutes. At the end you check everything and submit it.
    .again = Say yes, and I’ll ask the first question. You promise nothing by that.
faq-next-email_code = Type the six digits from our e-mail. Then we’ll go on with { $next }.
    .again = First the six digits, then { $next }.
faq-next-reconsider = If you look again and agree, the final check of your answers comes next. If not, your answers stay saved.
    .again = Say yes to look at it again, or leave it as it is.
faq-next-review = Please check your answers and press Submit. Then your background check begins and takes { -check-takes }. If it is clear, you are a mentor.
    .again = You press Submit, the background check follows, and I’ll tell you here how it ended.
faq-next-deletion = If you say yes, I’ll delete it. If you say no, we’ll go on where we were.
    .again = Yes deletes, no keeps everything.
faq-next-join = Choose which of the two you want to keep. Then we’ll go on with it here.
    .again = Your choice first. Then we’ll go on.
faq-code = Here is the whole code. I’ll still ask about each part separately.
    .again = Here it is. Each part gets its own question all the same.
faq-everyone = Yes, every mentor gets the same form. To become a mentor you need to agree to every part of it.
    .again = It is the same for all: nobody becomes a mentor without agreeing to every part.
faq-ability = You don’t need to be an expert or have mentored before. You help with what you know.
    .again = What you know is enough. Nobody expects more of you.
mistake = You can put it right: type for example “change my expertise”. Nothing is sent before you press Submit.
    .after = You can still change an answer: type for example “change my photo”. If your name or date of birth is wrong, write to { $contact }.
mistake-consent = Everybody makes mistakes. Tell your mentee, put right what you can, and ask { -organisation } if you’re not sure: { $contact }. I don’t know what we do in each case.
faq-import = I can’t take anything from other sites or from a file. A few words here are enough.
    .after = I can’t take anything from other sites. Type for example “change my expertise” and write it here.
faq-import-consent = I can’t take an agreement from elsewhere. Please answer here with a button, or type “I agree”.
faq-trouble = Sorry about that. What’s still open is { $open }. If it doesn’t work, reload the page or try again in a moment. If that doesn’t help, write to { $contact }.
    .again = Sorry, let’s try again with { $open }. A person can help you, too: { $contact }.
    .after = Sorry about that. Everything you sent is saved. If something doesn’t work, write to { $contact }.
faq-trouble-email_code = Sorry about that. Please look in your spam folder. If the code isn’t there or doesn’t work, press “Send a new code”, or use another address.
    .again = Press “Send a new code” and use the newest e-mail: the codes before it no longer work. If nothing comes, use another address.
faq-trouble-consent = Sorry about that. Press one of the two buttons, or type “I agree” or “I do not agree”. If neither works, write to { $contact }.
    .again = Typing works as well as the buttons: “I agree” or “I do not agree”.
faq-trouble-review = Sorry about that. Press Submit, or type “submit”. If neither works, write to { $contact }.
    .again = Please type “submit”. If nothing happens, write to { $contact }.
