# Every sentence of the bot in French, for Canada and elsewhere. The ids, attributes and arguments are those of
# the files in en/, and so are the headings. A no-break space stands before a colon and inside « », a narrow one before ; ? and !, which both
# Canadian and European usage allow.

## Language

# The name of the language in itself.
language-name = Français
moment = { DATETIME($at, dateStyle: "long") } à { DATETIME($at, timeStyle: "short") } UTC

## General questions (en/digressions.ftl)

faq-data = Vos réponses sont enregistrées sur notre serveur. Les personnes en recherche d’emploi voient votre expertise et votre photo. Votre date de naissance est conservée chiffrée. Elle sert uniquement à la vérification des antécédents, puis elle est effacée. Pour en savoir plus, écrivez à { $contact }.
faq-delete = Écrivez « effacer mes réponses », ou « supprimer mon compte » si vous avez déjà tout envoyé. Je vous pose d’abord la question, puis j’efface tout.
    .after = Écrivez « supprimer mon compte ». Je vous pose d’abord la question, puis j’efface tout.
faq-change = Oui, vous pouvez modifier chaque réponse jusqu’à l’envoi. Écrivez par exemple « changer ma photo ». Après l’envoi, vous pouvez encore tout modifier, sauf votre nom, votre type de compte et votre date de naissance.
    .after = Oui. Écrivez par exemple « changer ma photo ». Votre nom, votre type de compte et votre date de naissance restent tels quels, car la vérification porte là-dessus.
faq-check = Quelqu’un vérifie s’il existe un casier judiciaire à votre nom et à votre date de naissance. C’est une personne { -de-organisation } ou un service de vérification. Cela commence seulement après l’envoi. Je ne sais pas quelles condamnations sont prises en compte, par exemple les condamnations effacées. Une personne peut vous le dire : { $contact }.
    .after = Quelqu’un vérifie s’il existe un casier judiciaire à votre nom et à votre date de naissance. C’est une personne { -de-organisation } ou un service de vérification. Je ne sais pas quelles condamnations sont prises en compte. Une personne peut vous le dire : { $contact }.
faq-check_time = La vérification commence à l’envoi. Elle peut prendre { -check-takes }. Écrivez ensuite « statut » à tout moment pour savoir où elle en est.
    .after = La vérification est en cours. Elle prend { -check-takes } ; écrivez « statut » à tout moment.
    .after-again = Cela prend { -check-takes }. Je vous écrirai ici quand ce sera terminé.
faq-record = Avoir un casier judiciaire n’entraîne pas en soi un refus. Une personne l’examine et décide. Pour en parler, écrivez à { $contact }.
faq-cost = { -cost }
faq-duration =
    { $left ->
        [0] Il ne reste que cette réponse et la dernière vérification, environ { $minutes ->
            [one] une minute
           *[other] { $minutes } minutes
        }.
        [1] Il reste ce point et la dernière vérification, environ { $minutes ->
            [one] une minute
           *[other] { $minutes } minutes
        }.
       *[other] Il reste { $left } { $short ->
            [yes] points courts
           *[no] questions et points courts
        } et la dernière vérification, environ { $minutes } minutes.
    }
    .again = Encore environ { $minutes ->
        [one] une minute
       *[other] { $minutes } minutes
    }. Vous en êtes ici : { $place }.
    .after = Vous n’avez plus rien à faire. La vérification est en cours. Elle prend { -check-takes } ; écrivez « statut » à tout moment.
    .after-again = Vous avez tout fait. La vérification prend { -check-takes }, et je vous écrirai ici.
faq-pause = Oui, chaque réponse est enregistrée au fur et à mesure. Revenez à cette conversation quand vous voulez, et nous reprendrons au même endroit. Sur le site Web, utilisez le même navigateur, ou écrivez « continuer ailleurs », pour recevoir un lien.
    .after = Vous pouvez fermer cette conversation. Tout est envoyé et enregistré, et vous pouvez revenir quand vous voulez.
faq-time = Notre formulaire ne fixe aucun nombre d’heures par semaine. Vous vous entendez là-dessus avec la personne que vous accompagnez : dites-lui ce qui convient à votre travail. Vous promettez au moins deux mois à chaque personne que vous acceptez.
faq-after = Après l’envoi, la vérification de vos antécédents commence. Elle prend { -check-takes }. Si tout est en ordre, vous êtes mentor, et je vous le dirai ici.
    .again = D’abord la vérification des antécédents, pendant { -check-takes }. Ensuite, je vous dirai ici comment elle s’est terminée.
    .after = La vérification est en cours. Elle prend { -check-takes } ; écrivez « statut » à tout moment. Si tout est en ordre, vous êtes mentor.
    .after-again = La vérification dure { -check-takes }. Je vous écrirai ici quand ce sera terminé.
faq-breach = Je ne sais pas ce que nous faisons dans chaque cas, et je ne peux pas donner de conseils juridiques. Une personne peut vous en dire plus si vous écrivez à { $contact }.
faq-leave = Oui, vous pouvez arrêter plus tard. Pour retirer un accord, écrivez « retirer un accord ». Pour mettre fin à tout, écrivez « supprimer mon compte ». Vous et la personne que vous accompagnez pouvez chacun mettre fin au mentorat à tout moment.
faq-published = Ce que vous faites avec d’autres comme mentor est publié sur le site Web { -de-organisation }, et les personnes qui y participent l’évaluent. Je ne sais pas qui le lit là-bas, ni comment les messages privés sont montrés. Une personne peut vous le dire : { $contact }.
    .again = Le formulaire dit que toutes vos interactions comme mentor sont publiées. Pour les détails, demandez à une personne : { $contact }.
faq-mentor = Un mentor ou une mentore guide en ligne quelqu’un qui veut trouver ou créer un emploi. Vous choisissez qui vous acceptez. Vous aidez chaque personne pendant au moins deux mois.
faq-eligible = Vous devez avoir au moins 18 ans, et le mentorat peut être nouveau pour vous. Le formulaire n’exige aucun diplôme et ne nomme aucun pays, mais les lois de l’endroit où vous vivez s’appliquent. En cas de doute, écrivez à { $contact }.
faq-account = Un compte vous sert à vous connecter à { -organisation }. Si vous ne savez pas si vous en avez un, choisissez « Je dois m’inscrire ». Je n’ai pas besoin de votre mot de passe. Si vous n’arrivez pas à vous connecter, écrivez à { $contact }.
faq-photo = Il nous faut une photo nette de votre visage. Un égoportrait convient, mais pas un logo. Quand je vous la demande, envoyez-la ici en format JPEG, PNG, WebP ou HEIC, d’au plus 20 Mo et d’au moins 200 pixels sur 200.
faq-voice = Je ne peux pas écouter d’enregistrements. Veuillez écrire vos réponses : quelques mots suffisent, et les fautes de frappe n’ont pas d’importance.
faq-report = Je n’ai pas le rapport, et je ne sais pas si vous pouvez en avoir une copie. Une personne peut vous le dire : { $contact }.
faq-face = Je ne reconnais pas les visages. Je vérifie seulement que le fichier est une image assez grande. Je ne sais pas comment { -organisation } la regarde : une personne peut vous le dire à { $contact }.
faq-receipt = Voici ce que vous avez accepté jusqu’ici : le texte complet de chaque point, votre réponse et l’heure. Vous pouvez lire ce document, l’imprimer ou le garder. Vous le recevez aussi par courriel quand vous envoyez votre inscription.
faq-languages = J’écris en français et en anglais. Appuyez sur le bouton, ou écrivez « in English », pour changer. Dans vos propres textes, vous pouvez employer la langue de votre choix. Les personnes en recherche d’emploi voient votre expertise telle que vous l’écrivez.
faq-person = Bien sûr. Écrivez à { $contact } pour joindre une personne. Vos réponses restent enregistrées ici.
faq-organisation = { -about } Pour mieux nous connaître, écrivez à { $contact }.
faq-help-start =
    Je vous interroge sur vous et votre expérience, je vous demande une photo, une vérification des antécédents et votre accord à notre code d’éthique, une question à la fois. Cela prend environ { $minutes } minutes. À la fin, vous vérifiez tout et vous l’envoyez.

    Dites « oui » pour commencer, ou posez-moi d’abord vos questions. Pour joindre une personne, écrivez à { $contact }.
    .again = Dites « oui » pour commencer, ou posez-moi une question. Une personne peut vous aider : { $contact }.
faq-help =
    Je pose une question à la fois. Écrivez simplement votre réponse ou appuyez sur un bouton.

    Vous pouvez aussi écrire « retour », « répéter », « modifier mon expertise », « revoir mes réponses », « pause », « recommencer » ou « statut ». Demandez-moi pourquoi je pose une question, ce que quelque chose veut dire ou qui le voit. Pour joindre une personne, écrivez à { $contact }.
    .again = Écrivez votre réponse ou appuyez sur un bouton. « retour », « revoir mes réponses », « pause » et « statut » fonctionnent à tout moment. Une personne peut vous aider : { $contact }.
    .again-2 = Question en cours : { $open }. Posez-moi une question là-dessus, ou écrivez à { $contact }.
    .after =
        Vous pouvez écrire « statut », « changer ma photo », « modifier mon expertise », « télécharger mes données », « retirer un accord » ou « supprimer mon compte ».

        Pour joindre une personne, écrivez à { $contact }.
    .after-again = « statut », « changer ma photo », « télécharger mes données », « retirer un accord » et « supprimer mon compte » fonctionnent ici. Une personne peut vous aider : { $contact }.
faq-commands = Les commandes que je connais sont /start, /help, /status, /back, /edit, /pause, /privacy, /language, /cancel et /delete_my_data.
    .after = Ici, vous pouvez utiliser /status, /help, /privacy, /language et /delete_my_data.
faq-my_data = Voici tout ce que nous gardons à votre sujet. Vous pouvez le lire, l’imprimer ou le garder.
faq-duration-start = Cela prend environ { $minutes } minutes, en { $steps } étapes : { $left } questions et points courts, puis la dernière vérification. Vous pouvez vous arrêter à tout moment et continuer plus tard.
    .again = Environ { $minutes } minutes, et vous pouvez faire une pause quand vous voulez.
faq-duration-reconsider = Il ne reste que ce choix et la dernière vérification, une minute ou deux.
    .again = Ce choix, puis la dernière vérification. C’est tout.
faq-duration-review = Il ne reste que cette dernière vérification, environ une minute. Après l’envoi, la vérification des antécédents prend { -check-takes }.
    .again = Vous y êtes presque : appuyez sur Valider quand tout est juste. La vérification des antécédents prend ensuite { -check-takes }.
faq-when = Vous pourrez commencer quand la vérification de vos antécédents sera en ordre. Les deux mois commencent le jour où vous acceptez quelqu’un.
    .after = Vous pourrez commencer quand la vérification de vos antécédents sera en ordre. Je vous l’écrirai ici.
    .clear = Vous pouvez commencer maintenant : vous êtes mentor { -organisation }.
faq-when-consent = Cela vaut dès que vous êtes mentor. D’abord, la vérification de vos antécédents doit être en ordre.
faq-next = D’abord, il me faut { $open }. Ensuite : { $next }. À la fin, vous vérifiez tout, et rien n’est envoyé avant que vous appuyiez sur Valider.
    .again = Pour l’instant : { $open }. Ensuite : { $next }.
    .again-2 = Vous en êtes ici : { $place }. Ensuite : { $next }.
    .after = Vous n’avez rien à faire maintenant. La vérification est en cours. Elle prend { -check-takes } ; écrivez « statut » à tout moment.
    .after-again = Il suffit d’attendre : je vous écrirai ici quand la vérification sera terminée.
faq-next-start = Je vous interroge sur vous et votre expérience, je vous demande une photo, une vérification des antécédents et votre accord à notre code d’éthique. Cela prend environ { $minutes } minutes. À la fin, vous vérifiez tout et vous l’envoyez.
    .again = Dites oui, et je poserai la première question. Cela ne vous engage à rien.
faq-next-email_code = Écrivez les six chiffres de notre courriel. Ensuite, nous continuerons avec { $next }.
    .again = D’abord les six chiffres. Ensuite : { $next }.
faq-next-reconsider = Si vous y revenez et acceptez, la dernière vérification de vos réponses suit. Sinon, vos réponses restent enregistrées.
    .again = Dites oui pour y revenir, ou laissez cela comme c’est.
faq-next-review = Veuillez vérifier vos réponses et appuyer sur Valider. La vérification de vos antécédents commence alors et prend { -check-takes }. Si tout est en ordre, vous êtes mentor.
    .again = Vous appuyez sur Valider, la vérification des antécédents suit, et je vous dirai ici comment elle s’est terminée.
faq-next-deletion = Si vous dites oui, j’effacerai tout. Si vous dites non, nous reprendrons où nous en étions.
    .again = Oui efface tout, non garde tout.
faq-next-join = Choisissez laquelle des deux vous voulez garder. Nous continuerons ensuite ici avec elle.
    .again = D’abord votre choix. Ensuite, nous continuerons.
faq-code = Voici le code entier. Je vous pose tout de même la question pour chaque partie.
    .again = Le voici. Chaque partie a tout de même sa question.
faq-everyone = Oui, chaque mentor reçoit le même formulaire. Pour devenir mentor, il faut en accepter chaque partie.
    .again = C’est pareil pour tout le monde : personne ne devient mentor sans accepter chaque partie.
faq-ability = Pas besoin d’être spécialiste ni d’avoir déjà été mentor. Vous aidez avec ce que vous savez.
    .again = Ce que vous savez suffit. Personne n’attend plus de vous.
mistake = Vous pouvez la corriger : écrivez par exemple « modifier mon expertise ». Rien n’est envoyé avant que vous appuyiez sur Valider.
    .after = Vous pouvez encore modifier une réponse : écrivez par exemple « changer ma photo ». Si votre nom ou votre date de naissance est faux, écrivez à { $contact }.
mistake-consent = Tout le monde fait des erreurs. Parlez-en à la personne mentorée, réparez ce que vous pouvez, et demandez à { -organisation } en cas de doute : { $contact }. Je ne sais pas ce que nous faisons dans chaque cas.
faq-import = Je ne peux rien reprendre d’un autre site ou d’un fichier. Quelques mots ici suffisent.
    .after = Je ne peux rien reprendre d’un autre site. Écrivez par exemple « modifier mon expertise », puis votre texte ici.
faq-import-consent = Je ne peux pas reprendre un accord donné ailleurs. Veuillez répondre ici avec un bouton, ou écrire « j’accepte ».
faq-trouble = Désolé. Question en cours : { $open }. Si cela ne fonctionne pas, rechargez la page ou réessayez dans un instant. Si rien n’y fait, écrivez à { $contact }.
    .again = Désolé, réessayons avec { $open }. Une personne peut aussi vous aider : { $contact }.
    .after = Désolé. Tout ce que vous avez envoyé est enregistré. Si quelque chose ne fonctionne pas, écrivez à { $contact }.
faq-trouble-email_code = Désolé. Veuillez regarder dans vos courriels indésirables. Si le code n’y est pas ou ne fonctionne pas, appuyez sur « Envoyer un autre code », ou utilisez une autre adresse.
    .again = Appuyez sur « Envoyer un autre code » et utilisez le courriel le plus récent : les codes d’avant ne valent plus. Si rien n’arrive, utilisez une autre adresse.
faq-trouble-consent = Désolé. Appuyez sur l’un des deux boutons, ou écrivez « j’accepte » ou « je n’accepte pas ». Si cela ne fonctionne pas, écrivez à { $contact }.
    .again = Écrire fonctionne aussi bien que les boutons : « j’accepte » ou « je n’accepte pas ».
faq-trouble-review = Désolé. Appuyez sur Valider, ou écrivez « valider ». Si cela ne fonctionne pas, écrivez à { $contact }.
    .again = Veuillez écrire « valider ». Si rien ne se passe, écrivez à { $contact }.

## Errors (en/errors.ftl)

error-waiting = Un instant. Une partie de notre système ne répond pas. Votre message est en sécurité, et je m’en occupe dès que possible.
error-lost-turn = Désolé, quelque chose n’a pas fonctionné de notre côté avec votre dernier message. Rien de ce qui est enregistré n’est perdu. Veuillez réessayer. Si cela se reproduit, écrivez à { $contact } en donnant le numéro { $reference }.
error-internal = Désolé, quelque chose n’a pas fonctionné de notre côté. Rien de ce qui est enregistré n’est perdu. Veuillez réessayer. Le numéro de ce problème est { $reference }.
error-disk-full = Désolé, nous ne pouvons rien enregistrer pour le moment, car notre disque est plein. Ce que vous avez déjà enregistré est en sécurité. Veuillez réessayer plus tard. Le numéro de ce problème est { $reference }.
error-photo-store = Désolé, nous ne pouvons ni enregistrer ni montrer de photos pour le moment. Ce que vous avez déjà enregistré est en sécurité. Veuillez réessayer dans quelques minutes. Le numéro de ce problème est { $reference }.
note-disk-full = Désolé, je ne peux rien enregistrer pour le moment, car notre disque est plein. Inutile de renvoyer votre message : j’y répondrai dès que possible.
error-no-session = Cette page a perdu le lien avec votre conversation. Veuillez la recharger.
error-request = Cette demande était incomplète. Veuillez recharger la page et réessayer.
error-body-too-large = Ce message est trop gros pour être envoyé.
error-too-often =
    { $seconds ->
        [one] Cela fait beaucoup en peu de temps. Veuillez attendre { $seconds } seconde et réessayer. Rien de ce qui est enregistré n’est perdu.
       *[other] Cela fait beaucoup en peu de temps. Veuillez attendre { $seconds } secondes et réessayer. Rien de ce qui est enregistré n’est perdu.
    }
error-no-token = Cette page n’est plus à jour. Rechargez-la, s’il vous plaît.
error-origin = Cette demande ne venait pas de notre page.
error-not-found = Il n’y a rien à cette adresse.
error-method = Cette adresse n’accepte pas ce genre de demande.

## Greeting (en/greeting.ftl)

greeting =
    Bonjour, et merci de songer à devenir mentor ou mentore { -organisation }.

    Je suis un robot. Je vais vous poser les questions de notre formulaire de mentorat, une à la fois. Cela prend environ dix minutes, en { $steps } étapes. Veuillez préparer une photo de vous.

    Chaque réponse est enregistrée au fur et à mesure : vous pouvez donc vous arrêter et revenir. Vous pouvez modifier toutes vos réponses jusqu’à l’envoi, et la plupart après. Votre date de naissance sert uniquement à une vérification des antécédents, puis elle est effacée.
    .again = Rebonjour. Je peux vous inscrire comme mentor, ou répondre à vos questions à ce sujet.
    .again-2 = Bonjour ! Quand vous voulez.
greeting-back = Bon retour. Tout ce que vous m’avez dit jusqu’ici est enregistré. Vous en êtes ici : { $place }.
    .again = Heureux de vous revoir. Nous pouvons continuer avec { $open }, revoir vos réponses ou recommencer.
    .again-2 = Vous revoilà. Tout est enregistré.
greeting-here = Bonjour ! Vous en êtes ici : { $place }. Tout ce que vous m’avez dit est enregistré.
    .again = Rebonjour. Nous pouvons continuer avec { $open }.
    .again-2 = Bonjour ! { $place }.
question-start = Voulez-vous commencer ?
    .again = On commence ?
fallback-start = Je n’ai pas bien compris. Je peux vous inscrire comme mentor ou répondre à des questions à ce sujet. Vous pouvez aussi écrire à { $contact }.
    .again = Dites « oui » pour commencer, ou posez-moi une question. Vous pouvez aussi écrire à { $contact }.
    .again-2 = Désolé, je ne comprends toujours pas. Voulez-vous vous inscrire comme mentor ?

## About each item (en/items.ftl)

why-review = Je vous le montre pour que rien ne parte par erreur. Vous pouvez encore corriger ce qui n’est pas juste.
why-start = Je le demande pour que rien ne commence avant votre oui. Vous pouvez d’abord me poser des questions, si vous voulez.
why = Nous demandons seulement ce qu’il faut pour votre compte, votre profil de mentor et la vérification des antécédents. Demandez-moi une chose précise, par exemple « pourquoi ma photo ? ».

meaning-review = C’est tout ce que vous m’avez dit. « Valider » nous transmet vos réponses et lance la vérification des antécédents. « Modifier » vous permet de répondre de nouveau à une question.
meaning-start = { -about } Ici, vous pouvez vous inscrire comme mentor. Si vous dites oui, je pose les questions du formulaire de mentorat, une à la fois. Commencer ne vous engage à rien.
meaning = Demandez-moi une chose précise, par exemple « que veut dire la clause 3 ? », et je vous l’explique.

sees-consent = Les personnes { -de-organisation } qui examinent vos réponses voient ce que vous avez répondu.
sees-review = L’équipe { -de-organisation } voit vos réponses. Les personnes en recherche d’emploi voient votre expertise et votre photo. Votre date de naissance sert seulement à la vérification.
sees-start = Personne ne voit une réponse avant que vous la donniez. Ensuite, l’équipe { -de-organisation } voit vos réponses. Les personnes en recherche d’emploi voient votre expertise et votre photo.
sees = Les personnes { -de-organisation } voient vos réponses. Les personnes en recherche d’emploi voient seulement votre expertise et votre photo, une fois que vous êtes mentor.

kept-consent = Nous gardons votre réponse, avec l’heure, comme preuve de ce qui a été convenu. Elle reste aussi longtemps que votre inscription.
kept-review = Votre date de naissance est effacée à la fin de la vérification. Le reste demeure avec votre inscription. Jusqu’à l’envoi, vous pouvez écrire « effacer mes réponses », et après « supprimer mon compte ».
kept-start = Vos réponses sont enregistrées au fur et à mesure et restent avec votre inscription. Votre date de naissance est effacée à la fin de la vérification.
kept = Votre date de naissance est effacée à la fin de la vérification. Le reste est conservé jusqu’à ce que vous l’effaciez : écrivez « supprimer mon compte ».

example-review = Si tout est juste, appuyez sur Valider. Sinon, appuyez sur Modifier à côté de la réponse, ou écrivez par exemple « modifier mon expertise ».
example-start = Appuyez sur le bouton, ou écrivez « oui ».
example = Demandez-moi une chose précise, par exemple « un exemple pour la clause 3 ».

why-reconsider = Vous avez dit non à une partie du formulaire. Un mentor doit accepter chaque partie. Je vous demande donc si vous voulez la revoir.
meaning-reconsider = Si vous dites oui, je vous montre de nouveau ce que vous avez refusé. Vous pourrez encore dire non.
sees-reconsider = Les personnes { -de-organisation } qui examinent vos réponses voient ce que vous avez répondu.
kept-reconsider = Nous gardons votre réponse, avec l’heure, comme preuve de ce qui a été convenu. Elle reste aussi longtemps que votre inscription.
example-reconsider = Appuyez sur l’un des deux boutons. Vous pouvez aussi écrire « oui » ou « non ».

why-deletion = Vous m’avez demandé de recommencer ou de mettre fin à tout. Je pose la question une dernière fois, pour que rien ne soit perdu par erreur.
meaning-deletion = Si vous dites oui, j’efface toutes les réponses que vous m’avez données, et votre photo. Si vous dites non, tout reste comme avant.
sees-deletion = Ce qui est effacé n’est plus vu par personne.
kept-deletion = Si vous gardez vos réponses, elles restent avec votre inscription. Sinon, je les efface aussitôt.
example-deletion = Appuyez sur l’un des deux boutons. Si vous écrivez « non », toutes vos réponses sont gardées.
    .again = Oui efface vos réponses, et non les garde.

why-email_code = Le code me montre que l’adresse est vraiment la vôtre. Ainsi, personne d’autre ne peut s’inscrire avec elle.
meaning-email_code = J’ai envoyé six chiffres à votre adresse courriel. Écrivez-les ici, et votre adresse est confirmée.
sees-email_code = Personne ne voit le code, sauf vous.
kept-email_code = Un code est valable dix minutes. Je ne garde aucun code, seulement un moyen de le vérifier, et pendant un jour au plus. Le fait que votre adresse est confirmée reste avec votre inscription.
example-email_code = Un code ressemble à 204 816. Vous pouvez l’écrire avec ou sans l’espace.

why-join = Un lien ou une adresse a mené à une autre inscription, et une seule peut continuer ici. Je le demande pour que personne n’entre dans l’inscription de quelqu’un d’autre.
meaning-join = Choisissez l’inscription que vous voulez continuer ici. Si vous n’avez pas commencé l’autre, gardez la vôtre.
sees-join = Ce qui est effacé n’est plus vu par personne.
kept-join = Celle que vous choisissez reste enregistrée. La question dit ce que devient l’autre.
example-join = Appuyez sur l’un des deux boutons. « Oui » veut dire l’autre inscription, « non » veut dire garder celle-ci.

# Ce qui se passe si on dit non.
refuse-email_code = Je ne peux pas continuer sans le code, car il montre que l’adresse est la vôtre. Vous pouvez utiliser une autre adresse si vous voulez.
refuse-text = Il nous faut quelques mots ici, et une réponse courte suffit. Laissez de côté ce que vous préférez garder pour vous.
refuse-consent = Vous pouvez dire non. Je le noterai et je vous reposerai la question à la fin. Vos réponses restent enregistrées, mais pour devenir mentor, vous devez accepter chaque partie.
refuse-reconsider = Vous pouvez en rester au non. Vos réponses restent enregistrées, mais vous ne pouvez pas devenir mentor. Vous pouvez revenir et accepter à tout moment.
refuse-review = Alors rien n’est envoyé, et aucune vérification ne commence. Vos réponses restent enregistrées.
refuse-start = Alors rien ne commence, et rien n’est enregistré. Vous pouvez revenir quand vous voulez.
refuse-deletion = Si vous dites non, tout reste comme avant.
refuse-join = Si vous dites non, vous gardez l’inscription que vous avez ici.
refuse = Vous pouvez retirer un accord à tout moment : écrivez « retirer un accord ». La vérification s’arrête alors, et votre profil n’est pas montré.
# Que faire si on ne peut pas répondre.
cannot-question = Prenez votre temps : ce qui est enregistré reste ici. Si vous ne pouvez pas répondre, écrivez à { $contact }.
cannot-email_code = Veuillez regarder dans vos courriels indésirables. Si rien n’arrive, appuyez sur « Envoyer un autre code », ou utilisez une autre adresse.
cannot-text = Une ou deux phrases suffisent, avec vos propres mots. Si rien ne vous vient, pensez à une chose que vous raconteriez à quelqu’un que vous connaissez bien.
cannot-consent = C’est vous qui décidez, et rien ne presse. Si vous ne pouvez pas l’accepter, dites non : vous pourrez changer d’avis. Pour en parler d’abord, écrivez à { $contact }.
cannot-start = Prenez votre temps. Vous pouvez revenir à cette conversation quand vous voulez.
cannot-review = Prenez votre temps : rien n’est envoyé avant que vous appuyiez sur Valider.
cannot = Ce n’est pas grave. Écrivez par exemple « changer ma photo » quand vous voudrez, ou écrivez à { $contact }.
cannot-reconsider = Rien ne presse. Si vous hésitez, laissez cela et revenez plus tard.
cannot-deletion = Si vous hésitez, répondez non : rien n’est alors effacé.
cannot-join = Si vous hésitez, gardez l’inscription que vous avez ici.
# Si on peut passer une question.
skip-question = Non, il me faut une réponse ici. Une réponse courte suffit.
    .again = On ne peut pas passer cette question. Quelques mots suffisent.
skip-consent = Vous ne pouvez pas passer ce point, mais vous êtes libre d’y dire non.
    .again = Il me faut un oui ou un non ici. Si vous dites non, je vous reposerai la question à la fin.
skip-email_code = Non, le code montre que l’adresse est la vôtre. Vous pouvez demander un autre code, ou utiliser une autre adresse.
    .again = On ne peut pas passer le code. S’il n’arrive pas, utilisez une autre adresse.
skip-review = Il n’y a rien à passer ici, mais rien n’est envoyé avant que vous appuyiez sur Valider.
    .again = Appuyez sur Valider quand tout est juste, ou revenez plus tard.
skip-reconsider = Vous pouvez en rester au non, et vos réponses restent enregistrées. Pour devenir mentor, vous devez accepter chaque partie.
    .again = Vous pouvez laisser cela pour le moment. Écrivez-moi à votre retour.
skip-deletion = Il me faut un oui ou un non ici. Avec un non, rien n’est effacé.
    .again = Veuillez répondre oui ou non. Avec un non, tout reste comme avant.
skip-join = Je dois savoir laquelle des deux vous voulez garder. Pour garder celle-ci, répondez non.
    .again = Veuillez d’abord choisir l’une des deux.
# Comment une question s’appelle dans une phrase, après « avec ».
item-email_code = le code de notre courriel
item-review = la dernière vérification de vos réponses
item-reconsider = ce à quoi vous avez dit non
item-join = le choix entre les deux inscriptions
item-start = la première question
item-other = cette question

## E-mails (en/mail.ftl)

mail-hello = Bonjour,
mail-signature = { -organisation }
mail-code =
    Votre code est { $code }. Veuillez l’écrire dans la conversation. Il est valable { $minutes } minutes, et seulement dans la conversation qui l’a demandé.

    Personne { -de-organisation } ne vous demandera ce code. Veuillez ne le donner à personne.

    Si vous ne l’avez pas demandé, vous n’avez rien à faire. Sans le code, personne ne peut utiliser votre adresse.
    .subject = { $code } est votre code { -organisation }
mail-continue = Continuer ici
mail-continue-about = Ce lien ne sert qu’une fois, jusqu’au { DATETIME($until, dateStyle: "long") }. Quand vous l’ouvrirez, j’enverrai un code à cette adresse courriel. Il faut ce code pour continuer, alors le lien ne sert à personne d’autre.
mail-reminder-why = Vous recevez ce rappel parce que vous avez commencé votre inscription comme mentor { -organisation } avec cette adresse courriel.
mail-stop = Ne plus recevoir de rappels
mail-submitted =
    Merci. Vous avez envoyé votre inscription comme mentor { -organisation } le { DATETIME($at, dateStyle: "long") }. Voici une copie de vos réponses et de ce que vous avez accepté, dans le texte qui vous a été montré. Votre date de naissance n’y est pas. Veuillez garder ce courriel.

    La vérification de vos antécédents suit maintenant. Elle prend { -check-takes }. Vous n’avez rien à faire : je vous écrirai quand elle sera terminée.

    Dans notre conversation, vous pouvez à tout moment demander où vous en êtes, modifier votre photo ou votre expertise, retirer un accord ou supprimer votre compte. Si quelque chose est faux ici, écrivez à { $contact }.

    Le fichier joint est votre reçu de consentement, lisible par un programme.
    .subject = Votre inscription { -organisation } : une copie pour vous
mail-photo = La photo que vous avez envoyée
mail-agreed = Vous avez accepté · { $at } · SHA-256 { $sha256 }
mail-withdrawn =
    Vous avez retiré un accord le { DATETIME($at, dateStyle: "long") }. La vérification de vos antécédents a été arrêtée si elle n’était pas terminée, votre date de naissance est effacée, et votre profil n’est pas montré.

    Vos autres réponses restent enregistrées. Si vous changez d’avis, vous pouvez accepter de nouveau : je vous demanderai alors votre date de naissance, et une nouvelle vérification commencera quand vous enverrez votre inscription.

    Si vous ne voulez plus être mentor, écrivez « supprimer mon compte » dans notre conversation, ou écrivez à { $contact } : tout est alors supprimé.
    .subject = Vous avez retiré un accord
mail-withdrawn-wording = Ce que vous avez retiré
stop-title = Rappels
stop-question = Voulez-vous ne plus recevoir de rappels au sujet de votre inscription ? Vos réponses restent enregistrées.
stop-button = Ne plus recevoir de rappels
stop-done = Vous ne recevrez plus de rappels. Vos réponses restent enregistrées.
stop-unknown = Ce lien n’est plus valable. Pour ne plus recevoir de rappels, écrivez « plus de rappels » dans la conversation, ou écrivez à { $contact }.

## What is kept (en/my_data.ftl)

my-data-title = Vos données
my-data-lead = Cette page montre ce { -que-organisation } garde à votre sujet. Toutes les heures sont en UTC. Le fichier qui l’accompagne contient la même chose, avec plus de détails.
my-data-none = Rien.
my-data-made = Cette page a été créée
my-data-number = Votre numéro
my-data-sealed = Chiffré. Ce n’est pas montré ici.
my-data-registration = Vous comme mentor
my-data-begun = Vous nous avez écrit pour la première fois
my-data-sent = Vous avez envoyé le formulaire
my-data-proved = Adresse courriel confirmée
my-data-time-zone = Votre fuseau horaire
my-data-remind-at = Vous voulez un rappel
my-data-reminders-off = Vous avez demandé de ne plus recevoir de rappels
my-data-account = Votre compte { -organisation }
my-data-email = Courriel
my-data-name = Nom
my-data-answers = Vos réponses
my-data-photo-below = Voyez votre photo ci-dessous.
my-data-photo = Votre photo
my-data-photo-size = Largeur et hauteur. La photo est dans le fichier.
my-data-consents = Ce à quoi vous avez dit oui ou non
my-data-your-reply = Votre réponse
my-data-unreadable = Votre réponse ne peut pas être montrée, car elle a été changée après que vous l’avez donnée. Veuillez nous écrire.
my-data-agreed = Vous avez accepté.
my-data-refused = Vous n’avez pas accepté.
my-data-unclear = Nous n’avons pas pu dire si c’était un oui ou un non.
my-data-taken-back = Vous avez retiré votre accord.
my-data-checks = La vérification de vos antécédents
my-data-provider = Faite par
my-data-by-people = L’équipe { -de-organisation }
my-data-by-checkr = Checkr
my-data-by-agency = Une agence de vérification d’antécédents
my-data-asked-for = Demandée
my-data-decided = Elle s’est terminée
my-data-told = Nous vous avons dit qu’elle pourrait se terminer par un refus
my-data-check-queued = Elle va bientôt commencer.
my-data-check-waiting = Elle est en cours.
my-data-check-review = Une personne l’examine.
my-data-check-pre-adverse = Elle pourrait se terminer par un refus. Vous avez le temps de nous dire si c’est une erreur.
my-data-check-clear = Rien d’inquiétant n’a été trouvé.
my-data-check-declined = Elle s’est terminée par un refus.
my-data-check-cancelled = Elle a été arrêtée.
my-data-check-expired = Elle a pris trop de temps, et nous y avons mis fin.
my-data-check-withdrawn = Vous avez retiré votre accord, la vérification a donc pris fin.
my-data-looked-at = Quand notre équipe y a travaillé
my-data-reveal = Quelqu’un a regardé votre date de naissance.
my-data-answered = Quelqu’un vous a répondu dans la conversation.
my-data-talk-ended = Quelqu’un a terminé la conversation avec vous.
my-data-person-requests = Quand vous avez demandé à parler à quelqu’un
my-data-exported = Quelqu’un a exporté une liste de vérifications où figure la vôtre.
my-data-locked = Ce qui est chiffré
my-data-locked-lead = Nous conservons ceci chiffré. Ce n’est pas ouvert pour cette page.
my-data-two-dates = Les deux lectures de votre date de naissance
my-data-in-web-chat = Dans la conversation sur le Web
my-data-in-telegram = Sur Telegram
my-data-messages = Ce que nous nous sommes dit
my-data-you = Vous
my-data-bot = Robot
my-data-letters = Courriels que nous vous avons envoyés
my-data-reminders = Rappels que nous vous avons envoyés
my-data-written = Écrit
my-data-sent-at = Envoyé
my-data-days = jours après votre dernier message
my-data-technical = Données techniques
my-data-technical-lead = Combien de chacune nous gardons. Le fichier les contient toutes.
my-data-of-keys = Clés de ce qui est chiffré
my-data-of-inbox = Ce que vous avez envoyé, tel que reçu
my-data-of-unsent-texts = Textes que vous n’avez pas encore envoyés
my-data-of-email-codes = Codes que nous avons envoyés par courriel
my-data-of-links = Liens pour continuer ailleurs
my-data-of-leases = Lequel de nos ordinateurs vous répond en ce moment
my-data-of-events = Nouvelles pour le site { -de-organisation }
my-data-of-work = Tâches qu’il nous reste à faire
note-language = Très bien, continuons en français.
note-other-language = J’écris aussi en français : appuyez sur « Français », ou écrivez « en français ».

## Notes about an answer (en/notes.ftl)

note-empty = Ce message ne contenait pas de mots.
    .again = Je n’y vois pas de mots. Veuillez écrire votre réponse.
note-no-words = Je n’y ai vu que des symboles ou des émojis. Veuillez répondre avec quelques mots.
    .again = Des symboles ne me disent pas assez. Veuillez utiliser des mots.
    .again-2 = Il me faut quelques mots ici.
note-too-short = C’est un peu court. Veuillez écrire au moins { $limit } caractères.
    .again = C’est encore trop court : au moins { $limit } caractères, s’il vous plaît.
note-too-long = Veuillez le raccourcir à { $limit } caractères : il en compte { $length }.
    .again = C’est encore trop long : { $length } caractères. Je peux en prendre { $limit }.
note-not-a-name = Cela ne ressemble pas à un nom. Veuillez envoyer seulement votre nom, sans chiffres ni liens.
    .again = Ce n’est toujours pas un nom que je peux enregistrer. Par exemple : Maria Okafor.
    .again-2 = Veuillez écrire votre nom comme sur votre passeport.
note-not-an-email = Cela ne ressemble pas à une adresse courriel. Il faut un nom, le signe @ et un site, sans espaces.
    .again = Ce n’est toujours pas une adresse entière. Par exemple : maria@example.org.
    .again-2 = Il me faut une adresse avec le signe @. N’importe quelle adresse gratuite convient.
note-own-words = Je ne peux pas enregistrer cela comme réponse. Répondez-moi avec vos propres mots.
    .again = Ce n’est pas encore une réponse. Une phrase de vous suffit.
    .again-2 = Veuillez écrire quelques mots à vous.
note-said-before = Désolé si j’ai l’air de me répéter. Je n’ai pas encore de réponse à cette question : écrivez-la ici, s’il vous plaît.
    .again = Je suis désolé. Il me faut encore { $open }.
    .again-2 = Vos autres réponses sont enregistrées. Il me faut encore { $open }.
note-unclear-choice = Je dois savoir lequel des deux est juste : avez-vous un compte { -organisation }, ou devez-vous vous inscrire ? Dans le doute, choisissez « Je dois m’inscrire ».
    .again = Avez-vous déjà un compte ? Oui ou non suffit.
    .again-2 = Veuillez appuyer sur l’un des deux boutons.
note-unclear-option = Je dois savoir laquelle de ces réponses est la bonne : { $options }.
    .again = Veuillez choisir l’une de celles-ci : { $options }.
note-unclear-consent = Pour bien le noter : acceptez-vous ? Oui ou non suffit.
    .again = Je ne sais pas encore si vous acceptez. Un simple oui ou non me le dit.
    .again-2 = Veuillez appuyer sur l’un des deux boutons, ou écrire oui ou non.
note-unclear-question = Je ne suis pas sûr d’avoir la réponse à cela. Une personne peut vous aider : { $contact }.
    .again = Je n’ai pas non plus la réponse à cela. Vous pouvez la demander à { $contact }.
    .again-2 = Je ne peux pas répondre à cela. Si votre oui ou votre non en dépend, demandez d’abord à { $contact }.
note-unclear-both = J’y lis à la fois un oui et un non. Je n’ai donc noté ni l’un ni l’autre.
    .again = C’est encore l’un et l’autre. Est-ce oui ou non ?
note-unclear-condition = Cela ressemble à un oui ou à un non avec une condition. Je ne peux noter qu’un simple oui ou un simple non au texte tel qu’il est.
    .again = Je ne peux pas noter de condition. Est-ce oui ou non, à ce texte ?
    .again-2 = Le texte ne peut pas être changé ici. En cas de doute, écrivez à { $contact }.
note-unclear-maybe = Vous hésitez encore, alors je n’ai rien noté. Rien ne presse.
    .again = Rien n’est encore noté. Prenez votre temps, ou posez-moi une question.
    .again-2 = Quand vous le saurez, dites oui ou non. Vous pouvez aussi parler à une personne : { $contact }.
note-each-is-asked = J’ai noté votre oui pour ce point. Je vous poserai la question pour chacun des autres.
note-unclear-contradiction = Cela ressemble à la fois à un oui et à un non. Je n’ai donc noté ni l’un ni l’autre.
    .again = C’est encore un oui et un non à la fois. Lequel des deux ?
note-unclear-command = Je n’ai encore noté aucune réponse. S’il vous faut autre chose d’abord, écrivez « aide » : je vous dirai ce que vous pouvez demander ou faire ici.
note-unclear-fear = Il est normal d’hésiter devant une promesse. Vous pouvez dire non, et reprendre un oui à tout moment. Si vous préférez d’abord parler à une personne, écrivez à { $contact }.
note-unclear-irony = Je ne sais pas si vous le pensez vraiment, alors je n’ai rien noté.
    .again = Je ne sais toujours pas si vous le pensez, alors rien n’est noté. Un simple oui ou non me suffit.
note-unclear-later = Prenez le temps qu’il vous faut. Je n’ai encore rien noté.
    .again = Rien ne presse : rien n’est encore noté.
note-unclear-read = Merci de l’avoir lu. Je dois encore savoir si vous acceptez.
    .again = Vous l’avez lu, merci. L’acceptez-vous aussi ?
note-unclear-confirmation = Veuillez appuyer sur l’un des deux boutons, ou répondre oui ou non.
    .again = Oui ou non suffit ici.
    .again-2 = Il me faut un oui ou un non pour continuer.
note-unclear-review = Si tout est juste, appuyez sur Valider ou écrivez « valider ». Sinon, appuyez sur Modifier à côté de ce qui ne l’est pas.
    .again = Appuyez sur Valider pour l’envoyer, ou sur Modifier pour corriger.
    .again-2 = Écrivez « valider » pour l’envoyer, ou par exemple « modifier mon expertise ».
note-say-submit = Pour que je n’envoie rien par erreur, veuillez appuyer sur Valider ou écrire « valider ».
    .again = Veuillez appuyer sur Valider ou écrire « valider », et je l’enverrai.
note-unclear-withdrawal = Rien n’a encore été retiré. Veuillez appuyer sur l’un des deux boutons.
    .again = Votre accord vaut toujours. Veuillez appuyer sur l’un des deux boutons.
note-unclear-reconsider = Voulez-vous y revenir ? Veuillez répondre oui ou non.
    .again = Oui le montre de nouveau, non le laisse comme c’est.
    .again-2 = Veuillez appuyer sur l’un des deux boutons.
note-one-by-one = Je ne sais pas à quelle partie cela répond. Je vous les présente donc une à la fois.
note-refused = J’ai noté que vous n’acceptez pas. C’est votre droit. Pour devenir mentor, vous devez accepter chaque partie, et vous pourrez changer d’avis à la fin. Continuons.
    .again = C’est noté : vous n’acceptez pas celle-ci non plus. Je vous reposerai la question à la fin.
    .again-2 = C’est noté comme un non. Vous pourrez le changer à la fin.
note-draft-kept = Très bien. Vos réponses sont enregistrées. Revenez quand vous voulez.
    .again = Très bien. Tout reste enregistré.
    .again-2 = Très bien, nous en restons là.
note-review-change = Que voulez-vous modifier ? Appuyez sur Modifier à côté de la réponse, ou écrivez par exemple « modifier mon expertise ».
    .again = De quelle réponse s’agit-il ? Appuyez sur Modifier à côté d’elle.
    .again-2 = Veuillez appuyer sur Modifier à côté de ce qui est faux.
note-not-complete = Une question est encore ouverte, alors je ne peux pas encore envoyer vos réponses.
    .again = Avant l’envoi, il me faut encore { $open }.
note-paused = C’est enregistré. Écrivez-moi à votre retour, et nous continuerons avec { $open }.
    .again = Très bien. Vos réponses sont en sécurité jusqu’à votre retour.
    .again-2 = Prenez tout votre temps.
note-kept = Très bien, j’ai tout gardé comme avant.
    .again = Tout reste comme avant.
    .again-2 = Très bien, rien n’a changé.
note-started-over = Vos réponses sont effacées, et nous recommençons.
note-consents = Voici les accords que vous avez donnés. Lequel voulez-vous retirer ? Je vous le redemanderai avant de le faire.
    .again = Appuyez sur l’accord que vous voulez retirer. Rien n’est encore retiré.
note-no-consents = Vous n’avez aucun accord à retirer en ce moment.
    .again = Il n’y a aucun accord à retirer.
note-which-ending = Je ne sais pas bien à quoi vous voulez mettre fin. Rien n’a changé pour l’instant. Que voulez-vous faire ?
    .again = Rien n’a changé pour l’instant. Appuyez sur l’un de ces boutons.
note-asked-again = Pas de souci. Voici de nouveau cette question.
    .again = La voici.
note-cancelled = Vos réponses sont effacées, et rien n’a été envoyé. Vous pouvez revenir quand vous voulez.
note-new-account = Pas de souci : vous pouvez vous inscrire ici, et vous aurez un nouveau compte.
note-no-start = Très bien. Revenez quand vous voulez.
    .again = Pas de souci. Je suis là quand vous voulez.
    .again-2 = Très bien, une autre fois.
note-nothing-saved = Rien n’est encore enregistré, alors il n’y a rien à effacer.
    .again = Vous ne m’avez encore rien dit, alors il n’y a rien à effacer.
    .again-2 = Rien n’est enregistré ici.
note-submitted-already = Vous avez envoyé votre inscription. Vous pouvez encore modifier une réponse : écrivez par exemple « changer ma photo ». Pour mettre fin à tout, écrivez « supprimer mon compte ».
    .again = C’est déjà envoyé. Écrivez « changer ma photo » pour modifier quelque chose, ou « supprimer mon compte » pour mettre fin à tout.
    .again-2 = C’est envoyé. « statut » vous montre où en est votre inscription.
note-ways-on = Voici ce que nous pouvons faire.
    .again = Vous pouvez choisir l’une de ces possibilités.
said-before = Vous le trouverez juste au-dessus. Si cela n’aide pas, écrivez à { $contact }.
    .again = Cela n’a pas changé. Une personne peut vous en dire plus : { $contact }.
    .again-2 = C’est comme je l’ai dit. Pour plus de détails, écrivez à { $contact }.
note-how-to-consent = Appuyez sur un bouton, ou écrivez « j’accepte » ou « je n’accepte pas ». Vous êtes libre de choisir.
    .again = Vous pouvez aussi me demander ce que cela veut dire, ou un exemple.
note-paused-review = C’est enregistré. Rien n’est encore envoyé. Écrivez-moi à votre retour, et nous continuerons avec { $open }.
    .again = Très bien. Rien n’est envoyé avant que vous appuyiez sur Valider.
    .again-2 = Prenez tout votre temps.
note-sent-already = C’est déjà envoyé, vous n’avez donc plus rien à faire. La vérification est en cours. Elle prend { -check-takes } ; écrivez « statut » à tout moment.
    .again = Nous avons tout reçu de vous. Je vous écrirai ici quand la vérification sera terminée.
    .again-2 = Tout est fait de votre côté.
note-remind = Très bien, je vous le rappellerai le { DATETIME($when, dateStyle: "long") }. Vos réponses sont enregistrées.
    .again = C’est noté : { DATETIME($when, dateStyle: "long") }.
note-first-question = C’est la première question, alors il n’y a rien avant elle.
    .again = Il n’y a pas de question avant celle-ci.
    .again-2 = Nous sommes déjà au début.
note-not-answered-yet = Nous ne sommes pas encore arrivés à cette question, alors il n’y a rien à modifier.
    .again = Je ne l’ai pas encore posée. Elle vient plus tard.
note-added = J’ai ajouté cela à votre réponse à la question précédente.
note-stale = Ce bouton appartient à une question précédente. Rien n’a changé.
    .again = Ce bouton est ancien, lui aussi. Rien n’a changé.
    .again-2 = Veuillez utiliser les boutons de la question la plus récente.
note-too-early = Ce message est arrivé avant que vous puissiez voir cette question. Je ne l’ai donc pas pris comme réponse.
    .again = Cette question est nouvelle. Veuillez d’abord la lire, puis répondre.
note-tapped-twice = J’ai déjà votre première réponse. Ce second appui n’a rien changé.
note-too-quick = C’était très rapide, cela n’a donc pas compté. Veuillez d’abord lire cette question, puis appuyer de nouveau.
    .again = C’était encore trop rapide. Veuillez d’abord la lire.
note-too-soon = Votre message est arrivé juste après la question. Je ne l’ai donc pas pris comme réponse. Veuillez d’abord la lire, puis répondre de nouveau.
    .again = C’était encore trop tôt. Veuillez d’abord lire la question.
note-said-since = J’ai écrit autre chose depuis que j’ai posé cette question. Je ne sais donc pas à quoi vous répondez. Voici de nouveau la question.
    .again = Pour bien comprendre, voici de nouveau la question.
note-reply-elsewhere = Vous avez répondu à un autre message. Je ne l’ai donc pas pris comme réponse ici. Voici la question à laquelle il faut répondre.
    .again = C’était encore une réponse à un autre message. Veuillez répondre à cette question.
note-unsupported = Je ne peux pas lire ce genre de message. Veuillez écrire votre réponse.
    .again = Ce genre de message ne fonctionne pas non plus. Veuillez écrire.
note-person = Si vous préférez parler à une personne, écrivez à { $contact }.
    .again = Une personne peut vous aider : { $contact }.
note-photo-not-now = Merci, mais je n’ai pas besoin d’un fichier à cette question. Je ne l’ai donc pas gardé.
    .again = Je n’ai pas gardé ce fichier non plus : il faut des mots à cette question.
    .again-2 = Aucun fichier n’est nécessaire ici.
note-photo-expected = J’ai besoin d’une image ici. Veuillez envoyer une photo de vous.
    .again = Des mots ne suffisent pas ici : veuillez envoyer une photo.
    .again-2 = Il me faut maintenant une photo de votre téléphone ou de votre ordinateur.
note-photo-saved = Merci. C’est ainsi que les personnes en recherche d’emploi vous verront.
note-photo-not-an-image = Je ne peux pas ouvrir ce fichier comme une image. Veuillez envoyer une photo en format JPEG, PNG, WebP ou HEIC.
    .again = Ce fichier n’est pas une image non plus. Une photo de votre téléphone convient.
    .again-2 = Je ne peux toujours pas l’ouvrir. Si vous avez besoin d’aide, écrivez à { $contact }.
note-photo-broken = Cette image semble endommagée. Veuillez l’envoyer de nouveau ou en choisir une autre.
    .again = Celle-ci est endommagée aussi. Veuillez choisir une autre image.
note-photo-animated = C’est une animation. Veuillez envoyer une photo fixe.
    .again = Celle-ci bouge aussi. Il me faut une photo fixe.
note-photo-too-small = Cette image est trop petite. Elle doit mesurer au moins 200 pixels sur 200.
    .again = Celle-ci est trop petite aussi : au moins 200 pixels sur 200.
note-photo-too-many-pixels = Cette image a trop de pixels. Veuillez en envoyer une d’au plus 50 millions de pixels.
note-photo-too-large = Ce fichier est trop gros. Veuillez envoyer une image d’au plus 20 mégaoctets.
note-photo-not-received = Je n’ai pas pu recevoir cette image. Veuillez l’envoyer encore une fois.
    .again = Elle n’est pas arrivée non plus. Veuillez essayer une autre image, ou plus tard.
note-photo-not-kept = Désolé, je ne peux pas enregistrer de photo pour le moment. Votre photo n’est pas en cause. Veuillez l’envoyer de nouveau dans quelques minutes.
    .again = Je ne peux toujours pas l’enregistrer. Veuillez l’envoyer de nouveau plus tard. Tout ce que vous avez déjà enregistré est en sécurité.
note-birth-hidden = J’ai caché votre date de naissance dans cette réponse. Seule la vérification des antécédents en a besoin.
note-date-kept = Merci. J’ai conservé votre date de naissance chiffrée.
note-date-which = Cette date peut se lire de deux façons. Laquelle est la bonne ?
    .again = Laquelle des deux est la bonne ?
    .again-2 = Veuillez appuyer sur l’une des deux dates.
note-date-no-date = Je n’ai pas pu y lire une date. Veuillez écrire le jour, le mois et l’année.
    .again = Je n’y vois toujours pas de date. Par exemple : 3 mai 1985.
    .again-2 = Veuillez écrire votre date de naissance ainsi : 3 mai 1985.
note-date-incomplete = Il me faut le jour, le mois et l’année.
    .again = Il manque encore quelque chose : le jour, le mois et l’année, s’il vous plaît.
note-date-year-unclear = L’année n’est pas claire pour moi. Veuillez l’écrire avec quatre chiffres.
    .again = De quelle année s’agit-il ? Veuillez utiliser quatre chiffres.
note-date-order-unclear = Je ne sais pas lequel est le jour et lequel est le mois. Veuillez écrire le mois en lettres.
    .again = Veuillez écrire le mois en lettres, par exemple « mai ».
note-date-impossible = Ce jour n’existe pas dans le calendrier. Veuillez le vérifier.
    .again = Ce jour n’existe pas non plus. Veuillez regarder de nouveau.
    .again-2 = Le calendrier n’a pas ce jour. Par exemple : 3 mai 1985.
note-date-future = Cette date est dans l’avenir. Veuillez vérifier l’année.
    .again = Celle-ci est dans l’avenir aussi. Quelle est l’année de votre naissance ?
note-date-under-age = Les mentors doivent avoir au moins 18 ans. Si cette date est fausse, veuillez l’envoyer de nouveau.
    .again = D’après cette date, vous avez moins de 18 ans, je ne peux donc pas vous inscrire. Si elle est fausse, veuillez l’envoyer de nouveau.
note-date-over-age = Ce serait il y a plus de 120 ans. Veuillez vérifier l’année.
    .again = C’est encore trop ancien. Veuillez vérifier l’année.
note-code-sent = J’ai envoyé un code à { $address }. Il est valable dix minutes.
note-code-sent-again = J’ai envoyé un autre code à { $address }. Le précédent n’est plus valable.
note-code-right = Merci. Votre adresse courriel est confirmée.
note-code-wrong = Ce n’est pas le bon code. Veuillez regarder notre courriel le plus récent.
    .again = Ce n’est toujours pas le bon code. Si vous en avez demandé plusieurs, seul le dernier fonctionne.
    .again-2 = Celui-ci est faux aussi. Vous pouvez appuyer sur « Envoyer un autre code ».
note-code-expired = Ce code est trop ancien. Appuyez sur « Envoyer un autre code », et je vous en envoie un autre.
note-code-used-up = Le code était faux trop de fois, alors il n’est plus valable. Appuyez sur « Envoyer un autre code ».
note-code-none = Il me faut les six chiffres de notre courriel. Appuyez sur « Envoyer un autre code » si vous n’en avez pas.
    .again = Le code a six chiffres, par exemple 204 816. « Envoyer un autre code » vous en apporte un autre.
    .again-2 = Veuillez écrire les six chiffres. S’ils n’arrivent pas, utilisez une autre adresse.
note-code-too-many =
    { $minutes ->
        [one] J’ai déjà envoyé plusieurs codes. Je peux envoyer le prochain dans { $minutes } minute.
       *[other] J’ai déjà envoyé plusieurs codes. Je peux envoyer le prochain dans { $minutes } minutes.
    }
note-code-not-sent = J’ai déjà envoyé plusieurs codes, mais pas encore à { $address }. Je peux en envoyer un dans { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }.
note-no-code-open = Nous n’avons pas besoin de code en ce moment.
    .again = Il n’y a pas de code à envoyer en ce moment.
note-address-taken = Une autre inscription a déjà cette adresse. Veuillez m’en donner une autre.
    .again = Cette adresse est prise aussi. Veuillez m’en donner une autre.
note-other-address = Très bien. Quelle adresse dois-je utiliser à la place ?
    .again = Quelle adresse dois-je utiliser ?
note-link-joined = C’est le bon code. Nous continuons ici avec l’inscription de votre lien.
note-link-moved = Nous continuons ici avec l’inscription de votre lien. Elle n’est plus ouverte là où le lien a été créé.
note-link-own-deleted = Ce que vous aviez répondu ici auparavant est effacé.
note-link-refused = Très bien. Le lien n’est pas utilisé, et rien n’a changé ici.
note-link-sent-already = Vous nous avez déjà envoyé une inscription ici, je n’ai donc pas utilisé ce lien. Il fonctionne toujours dans une autre conversation.
note-other-gone = L’autre inscription n’existe plus. Nous continuons avec celle-ci.
note-elsewhere-moved = Votre lien a été ouvert, et votre inscription continue là-bas. Elle n’est plus ouverte ici. Si ce n’était pas vous, écrivez à { $contact }.
note-elsewhere-opened = Votre inscription est maintenant ouverte aussi sur un autre appareil : le code de votre courriel y a été saisi. Si ce n’était pas vous, écrivez à { $contact }.
note-elsewhere-proven = Une adresse courriel a été confirmée pour cette inscription sur un autre appareil, elle n’est donc plus ouverte ici. Pour la rouvrir ici, écrivez « continuer ailleurs » là-bas et ouvrez le lien ici.
note-elsewhere-ended = Les réponses de cette inscription ont été effacées sur un autre appareil, il n’en reste donc rien ici.
note-elsewhere-refused = Quelqu’un a ouvert votre lien et a choisi de ne pas continuer votre inscription. Rien n’a changé ici. Pour un nouveau lien, écrivez « continuer ailleurs ».
note-elsewhere-joined = Il y avait deux inscriptions avec votre adresse courriel. Elles ont été réunies sur un autre appareil, et c’est celle-là qui est ouverte ici maintenant.
note-joined = J’ai trouvé l’inscription que vous aviez commencée. Nous continuons ici avec elle.
note-kept-here = Très bien. Nous continuons avec cette inscription, et l’autre est effacée.
note-unclear-join = Veuillez choisir avec l’un des deux boutons.
note-link = Ce lien vous permet de continuer d’ici sur un autre appareil. Il fonctionne une fois, pendant une heure. Il n’est que pour vous, ne le transmettez donc à personne.
note-no-reminders = Très bien, plus de rappels. Vos réponses restent enregistrées.
    .again = Vous ne recevrez pas de rappels.
    .again-2 = Les rappels sont arrêtés.
note-noted = J’ai noté : { $values }.
note-place-not-asked = Je ne demande pas où vous habitez, il n’y a donc rien à changer.
note-several-emails = Je vois plusieurs adresses courriel. Laquelle dois-je utiliser ?
    .again = Je vois encore plusieurs adresses courriel. Envoyez-moi seulement celle à utiliser.
note-changed = C’est enregistré.
    .again = Enregistré aussi.
note-changed-shown = C’est enregistré. Si vous êtes déjà mentor, les personnes en recherche d’emploi le voient dès maintenant.
    .again = Ceci est enregistré aussi.
note-not-changeable = Cela ne peut plus être modifié, car la vérification des antécédents porte là-dessus. Si c’est faux, écrivez à { $contact }.
    .again = Cela reste tel quel. Si c’est faux, écrivez à { $contact }.
note-withdrawn = J’ai noté que vous retirez cet accord. La vérification de vos antécédents est arrêtée si elle n’était pas terminée, votre date de naissance a été effacée et votre profil n’est pas montré. Vos autres réponses restent enregistrées.
note-date-needed = Merci. Votre date de naissance a été effacée à la fin de la dernière vérification. J’en ai donc besoin encore une fois.
note-try-again = Très bien, essayons de nouveau. Vos réponses sont encore là, mais votre date de naissance a été effacée. J’en ai donc besoin encore une fois.
note-deleting =
    { $check ->
        [stopped] Votre compte et tout ce que vous nous avez dit seront effacés dans un instant. La vérification de vos antécédents avait commencé. Je l’ai arrêtée, et elle est effacée aussi.
       *[ended] Votre compte et tout ce que vous nous avez dit seront effacés dans un instant. La vérification de vos antécédents qui avait commencé est terminée, et elle est effacée aussi.
    } Le numéro de cette suppression est { $reference }. Merci du temps que vous nous avez donné.
    .subject = Votre inscription { -organisation } est en cours de suppression
note-being-deleted = Votre compte est en cours de suppression, alors je ne peux rien faire d’autre ici. Il aura disparu dans un instant.
    .again = Votre compte est en cours de suppression. Je ne peux rien faire d’autre ici.
    .again-2 = Dans un instant, votre compte aura disparu. Il est en cours de suppression.
note-undeliverable = Les courriels à { $address } n’arrivent pas : le serveur de courriel les refuse. Veuillez vérifier l’adresse. Pour en donner une autre, écrivez « changer mon adresse courriel ».
note-link-used = Ce lien a déjà servi, ou il est trop ancien. Vous pouvez en demander un nouveau là où vous avez commencé : écrivez « continuer ailleurs ». Ou commencez ici avec la même adresse courriel : une fois le code écrit, nous reprenons votre inscription.
note-not-a-country = Je ne connais pas de pays de ce nom. Veuillez écrire son nom complet, en anglais au besoin, par exemple Canada.
    .again = Je ne le connais toujours pas. Veuillez écrire son nom en anglais, par exemple Germany.
note-not-a-region = Je ne connais pas d’État ni de province de ce nom au Canada ou aux États-Unis. Veuillez écrire son nom complet, en anglais au besoin, par exemple Ontario.
    .again = Je ne la connais toujours pas. Par exemple : Ontario ou Texas.
photo-replaced = Cette photo a été remplacée ou effacée.

## Profile (en/profile.ftl)

profile-title = Mentor { -organisation }
profile-lead = Les mentors aident les gens à trouver un emploi ou à créer le leur. Leur aide est gratuite.
profile-expertise = Domaines d’expertise
profile-photo = Photo de ce mentor
profile-none-title = Il n’y a pas de mentor ici
profile-none = Aucun mentor ne se trouve à cette adresse. Veuillez vérifier le lien ou chercher un autre mentor.

## Questions (en/questions.ftl)

question-clause =
    { $number ->
        [1] Voici la première partie du code. L’acceptez-vous ?
       *[other] { $turn ->
            [even] Acceptez-vous celle-ci ?
           *[odd] La suivante : l’acceptez-vous ?
        }
    }
    .again = Revenons à la partie { $number } du code : l’acceptez-vous ?
question-code =
    Voici le code d’éthique, en { $count } parties. Veuillez lire chaque partie et dire si vous l’acceptez. Chaque réponse est enregistrée aussitôt, et vous pouvez la changer.
    .again = Revenons au code d’éthique. Vos réponses sont comme vous les avez laissées.
question-review =
    Voici tout ce que vous m’avez dit. Veuillez le vérifier.

    Si tout est juste, appuyez sur Valider. La vérification de vos antécédents commence alors. Rien n’est envoyé avant que vous appuyiez sur ce bouton ou que vous écriviez « valider ».
    .again = Voici encore une fois vos réponses. Si tout est juste, appuyez sur Valider.
question-review-below = Tout est prêt. Rien n’est envoyé avant que vous appuyiez sur Valider.
    .again = Si tout est juste, appuyez sur Valider.
    .again-2 = Il ne reste qu’à appuyer sur Valider.
question-reconsider =
    { $count ->
        [one] Vous avez dit non à ceci. C’est votre droit, et vos réponses restent enregistrées. Pour devenir mentor, vous devez accepter chaque partie. Voulez-vous y revenir ?
       *[other] Vous avez dit non à ces points. C’est votre droit, et vos réponses restent enregistrées. Pour devenir mentor, vous devez accepter chaque partie. Voulez-vous y revenir ?
    }
    .again =
        { $count ->
            [one] Vous avez dit non à ce point. Voulez-vous y revenir ?
           *[other] Vous avez dit non à ces points. Voulez-vous les revoir ?
        }

question-reconsider-withdrawn =
    { $count ->
        [one] Vous avez retiré votre accord sur ce point, et vous ne pouvez donc pas être mentor en ce moment. Vos autres réponses restent enregistrées. Si vous changez d’avis, appuyez sur « Accepter de nouveau », et je vous montrerai d’abord le texte entier.
       *[other] Vous avez retiré votre accord sur ces points, et vous ne pouvez donc pas être mentor en ce moment. Vos autres réponses restent enregistrées. Si vous changez d’avis, appuyez sur « Accepter de nouveau », et je vous montrerai d’abord le texte entier.
    }
    .again =
        { $count ->
            [one] Vous avez retiré votre accord sur ce point. Vous pouvez le redonner à tout moment.
           *[other] Vous avez retiré votre accord sur ces points. Vous pouvez le redonner à tout moment.
        }
question-start_over = Voulez-vous effacer toutes vos réponses et recommencer à la première question ?
    .again = Revenons à la question : effacer vos réponses et recommencer ?
question-confirm = Pour être sûr de bien vous comprendre : êtes-vous d’accord ?
    .again = Pour que je le note bien : êtes-vous d’accord ? Oui ou non suffit.
question-save-name = Voulez-vous que j’enregistre « { $text } » comme votre nom ?
    .again = « { $text } » est-il votre nom ? Sinon, écrivez simplement votre nom.
question-save-text = Voulez-vous que j’enregistre « { $text } » comme votre réponse ?
    .again = « { $text } » est-elle votre réponse ? Sinon, écrivez simplement votre réponse.
question-save-email = Vouliez-vous dire { $text } ?
    .again = Alors, vouliez-vous dire { $text } ? Ou écrivez simplement votre adresse courriel.
title-present = Enregistré actuellement
title-new = La nouvelle
question-cancel = Voulez-vous mettre fin à votre inscription et effacer toutes vos réponses ?
    .again = Revenons à la question : effacer vos réponses et mettre fin à votre inscription ?

step-review = Vérifiez vos réponses
progress = { $label } · étape { $step } sur { $of }

button-start = Commençons
button-agree = J’accepte
button-disagree = Je n’accepte pas
button-one-by-one = Une à la fois
button-on-one-card = Toutes sur une carte
button-back = Retour
button-keep = Garder ma réponse
button-submit = Valider
button-change = Modifier
button-show-answers = Voir mes réponses
button-whole = Lire toutes les réponses
button-change-row = ✎ { $label }
button-reconsider = Y revenir
button-do-start-over = Recommencer
button-do-cancel = Effacer mes réponses
button-keep-answers = Garder mes réponses
button-continue = Continuer
button-in-a-week = Dans une semaine
button-no-reminders = Arrêter les rappels
button-review = Revoir mes réponses
button-start-over = Recommencer
button-example = Voir un exemple
button-meaning = Que veut dire ceci ?
button-why = Pourquoi le demander ?
button-person = Parler à quelqu’un
button-here = Oui, répondez-moi ici
button-no-person = Plus besoin de quelqu’un
button-go-on = Continuer le formulaire
button-receipt = Ce que j’ai accepté
button-to-read = Lire ou imprimer
button-to-save = Télécharger les données
button-later = Continuer plus tard
button-not-now = Pas maintenant
button-date =
    { $day ->
        [1] 1er { $month } { $year }
       *[other] { $day } { $month } { $year }
    }

month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre

question-email_code =
    Veuillez écrire les six chiffres que j’ai envoyés à votre adresse courriel.

    Cela peut prendre une minute. Veuillez regarder aussi dans vos courriels indésirables.
    .again = Quels sont les six chiffres de notre courriel ?
question-email_code-later = Veuillez appuyer alors sur « Envoyer un autre code ». Tout ce que vous m’avez dit est enregistré.
question-join =
    { $theirs ->
        [one] Vous avez déjà commencé une inscription, le { DATETIME($began, dateStyle: "long") }, avec { $theirs } réponse sur { $of }. Ici, vous en avez donné { $mine }.
       *[other] Vous avez déjà commencé une inscription, le { DATETIME($began, dateStyle: "long") }, avec { $theirs } réponses sur { $of }. Ici, vous en avez donné { $mine }.
    }

    Laquelle voulez-vous garder ? L’autre sera effacée.
    .again = Laquelle des deux inscriptions voulez-vous garder ?
question-join-submitted = Vous nous avez déjà envoyé une inscription avec cette adresse. Voulez-vous continuer avec celle-là ? Ce que vous avez écrit ici sera alors effacé.
    .again = Voulez-vous continuer avec l’inscription que vous nous avez déjà envoyée ?
somebody-unnamed = quelqu’un qui n’a pas encore donné de nom
question-join-link =
    Ce lien mène à une inscription que { $who } a commencée le { DATETIME($began, dateStyle: "long") } à { DATETIME($began, timeStyle: "short") } { $zone }.

    Est-ce la vôtre ? { $code ->
        [needed] Si oui, j’enverrai d’abord un code à cette adresse courriel.
       *[no] Si oui, elle continuera ici et ne sera plus ouverte là où elle a été commencée.
    }
    .again = L’inscription de ce lien est-elle la vôtre ?
question-join-link-two =
    Ce lien mène à une inscription que { $who } a commencée le { DATETIME($began, dateStyle: "long") } à { DATETIME($began, timeStyle: "short") } { $zone }. Vous en avez aussi une à vous ici.

    Avec laquelle voulez-vous continuer ici ? { $code ->
        [needed] Pour celle du lien, j’enverrai d’abord un code à cette adresse courriel. Ce que vous avez répondu ici sera alors effacé, sauf si c’est ouvert sur un autre appareil.
       *[no] Si c’est celle du lien, ce que vous avez répondu ici sera effacé, sauf si c’est ouvert sur un autre appareil.
    }
    .again = Avec laquelle voulez-vous continuer ici : celle du lien, ou la vôtre ?
question-join-code =
    Veuillez écrire les six chiffres que j’ai envoyés à { $address }. Ils me montrent que l’inscription est la vôtre.

    Cela peut prendre une minute. Veuillez regarder aussi dans vos courriels indésirables.
    .again = Quels sont les six chiffres de notre courriel à { $address } ?
question-withdraw = Vous avez accepté ceci. Voulez-vous retirer cet accord ? Alors la vérification de vos antécédents s’arrête, votre date de naissance est effacée et votre profil n’est pas montré aux personnes en recherche d’emploi.
    .again = Voulez-vous le retirer ? La vérification s’arrête alors, votre date de naissance est effacée et votre profil n’est pas montré.
question-delete = Voulez-vous supprimer votre compte ? Tout ce que vous nous avez dit est effacé, la vérification de vos antécédents est arrêtée et votre profil n’est plus montré.
    .again = Revenons à la question : supprimer votre compte et tout ce qu’il contient ?

button-resend-code = Envoyer un autre code
button-other-address = Changer d’adresse
button-join-other = Celle d’avant
button-join-this = Celle-ci
button-withdraw = Retirer un accord
button-agree-again = Accepter de nouveau
button-end-nothing = Rien de tout cela
button-join-mine = Oui, continuer avec elle
button-join-not-mine = Non, pas la mienne
button-join-link = Celle du lien
button-join-keep = Garder la mienne
button-do-withdraw = Retirer cet accord
button-keep-consent = Garder cet accord
button-do-delete = Supprimer mon compte
button-keep-account = Garder mon compte
button-save = Oui, l’enregistrer
button-use = Oui, { $text }
button-use-typed = Non, { $text }
button-save-change = Enregistrer
button-keep-present = Laisser tel quel
button-change-photo = Changer ma photo
button-change-expertise = Modifier mon expertise
button-export = Mes données
button-reminders-off = Arrêter les rappels
button-reminders-on = Rappelez-moi demain
button-home = Statut et réglages
button-save-not = Non, ne pas l’enregistrer
button-try-again = Réessayer
button-link-telegram = Continuer sur Telegram
button-link-web = Continuer sur le Web

## Consent receipt (en/receipt.ftl)

receipt-title = Ce que vous avez accepté
receipt-lead = Voici vos réponses aux engagements et au code d’éthique { -de-organisation }, avec l’heure en UTC. Veuillez garder ce document.
receipt-none = Vous n’avez encore rien accepté.
receipt-keep = Pour retirer un accord, écrivez « retirer un accord » dans la conversation. Si une ligne est fausse, écrivez à { $contact }.
receipt-number = Reçu
receipt-decision-agreed = Vous avez accepté.
receipt-decision-refused = Vous n’avez pas accepté.
receipt-decision-withdrawn = Vous avez retiré votre accord.
receipt-replaced = Une réponse plus récente a remplacé celle-ci.
receipt-said = Votre réponse : « { $reply } »

## Reminders (en/reminders.ftl)

reminder-1 =
    Vous avez commencé votre inscription comme mentor { -organisation }, et ce que vous m’avez dit est enregistré. Pour continuer, revenez à notre conversation et envoyez-moi n’importe quel message.

    Si vous ne voulez pas de rappels, écrivez-y « plus de rappels ».
    .subject = Votre inscription comme mentor est enregistrée
    .email = Vous avez commencé votre inscription comme mentor { -organisation }, et ce que vous m’avez dit est enregistré. Vous pouvez reprendre là où vous en étiez.
reminder-3 =
    Votre inscription comme mentor est enregistrée, telle que vous l’avez laissée. Pour continuer, envoyez-moi n’importe quel message dans notre conversation.

    Si vous ne voulez pas de rappels, écrivez-y « plus de rappels ».
    .subject = Voulez-vous terminer votre inscription ?
    .email = Votre inscription comme mentor est enregistrée, telle que vous l’avez laissée.
reminder-asked =
    Vous m’avez demandé de vous rappeler votre inscription comme mentor { -organisation }. Tout est enregistré. Pour continuer, envoyez-moi n’importe quel message dans notre conversation.

    Si vous ne voulez plus de rappels, écrivez-y « plus de rappels ».
    .subject = Votre inscription comme mentor : le rappel demandé
    .email = Vous m’avez demandé de vous rappeler votre inscription comme mentor { -organisation }. Tout est enregistré.
reminder-14 =
    Voilà deux semaines que nous n’avons pas parlé de votre projet d’être mentor { -organisation }. Si vous voulez toujours aider des gens à trouver un emploi, envoyez-moi n’importe quel message dans notre conversation, et nous reprendrons là où nous en étions.

    C’était mon dernier rappel. Si vous avez changé d’avis, vous pouvez ignorer ce message. Vous pouvez aussi y écrire « plus de rappels ».
    .subject = Voulez-vous toujours devenir mentor ?
    .email =
        Voilà deux semaines que nous n’avons pas parlé de votre projet d’être mentor { -organisation }. Si vous voulez toujours aider des gens à trouver un emploi, nous reprendrons là où nous en étions.

        C’était mon dernier rappel. Si vous avez changé d’avis, vous pouvez ignorer ce message.

## Results of the background check (en/results.ftl)

result-clear =
    Bonne nouvelle : la vérification de vos antécédents est terminée, et vous êtes mentor { -organisation }. Bienvenue !

    Les personnes en recherche d’emploi peuvent voir votre profil dès maintenant{ $profile ->
        [none] {"."}
       *[other] {" : "}{ $profile }
    }

    Votre date de naissance est effacée. Vous pouvez modifier votre photo ou votre expertise dans notre conversation à tout moment.
    .subject = Bienvenue : vous êtes mentor { -organisation }
result-review = Le résultat de la vérification de vos antécédents est arrivé, et une personne l’examine. Cela peut prendre { -check-takes }. Vous n’avez rien à faire pour le moment.
    .subject = Une personne examine la vérification de vos antécédents
result-pre_adverse =
    Le résultat de la vérification de vos antécédents est arrivé. En l’état, nous ne pourrions pas vous accepter comme mentor.

    Rien n’est encore définitif. Si quelque chose y est faux, ou s’il y a quelque chose que nous devrions savoir, veuillez écrire à { $contact } d’ici { $days ->
        [one] { $days } jour
       *[other] { $days } jours
    }.
    .subject = Vérification de vos antécédents : à lire
result-declined = Nous sommes désolés : à la suite de la vérification de vos antécédents, nous ne pouvons pas vous accepter comme mentor pour le moment. Votre date de naissance est effacée. Si vous avez des questions, veuillez écrire à { $contact }.
    .subject = Au sujet de votre inscription { -organisation }
result-cancelled = La vérification de vos antécédents a été arrêtée avant d’être terminée. Votre date de naissance est effacée, et vos autres réponses sont enregistrées. Vous pouvez réessayer.
    .subject = La vérification de vos antécédents a été arrêtée
result-expired = La vérification de vos antécédents n’a pas été terminée à temps, alors elle a pris fin. Votre date de naissance est effacée, et vos autres réponses sont enregistrées. Vous pouvez réessayer.
    .subject = La vérification de vos antécédents a pris fin

## Check of the answers (en/review.ftl)

value-agreed = Vous avez accepté
value-agreed-to = { $left ->
        [0] Vous avez accepté les { $count } points
       *[other] Vous avez accepté { $count } points sur { $of }
    }
value-changed = Modifié
value-refused = Vous n’avez pas accepté
summary = Voici ce que vous m’avez dit jusqu’ici.
    .again = Ce sont vos réponses jusqu’ici.
    .again-2 = C’est ce que j’ai enregistré.
mentor-date = •• •• ••••
mentor-photo = (photo)
mentor-file = (un fichier)
note-submitted =
    Merci. Votre inscription est complète, et la vérification de vos antécédents est en cours.

    Elle prend { -check-takes } ; je ne connais pas le jour exact. Je vous écrirai ici quand elle sera terminée. Jusque-là, vous n’avez rien à faire. Écrivez « statut » à tout moment.
status-new = Vous n’avez pas encore commencé.
    .again = Nous n’avons pas encore commencé : dites « oui » pour commencer.
status-draft = Vous en êtes ici : { $place }. Tout est enregistré jusqu’ici. { $left ->
        [0] Il ne reste que la dernière vérification : rien n’est encore envoyé, vous n’êtes donc pas encore mentor.
        [1] Il reste une réponse et la dernière vérification.
       *[other] Il reste { $left } réponses et la dernière vérification, environ { $minutes } minutes.
    }
    .again = Votre inscription n’est pas encore terminée. Question en cours : { $open }.
    .again-2 = { $place }. Ensuite : { $next }.
status-queued = Votre inscription est faite, et la vérification de vos antécédents est en cours. Vous avez tout envoyé le { DATETIME($since, dateStyle: "long") }. Elle prend { -check-takes } ; je ne connais pas le jour exact. Je vous écrirai ici quand elle sera terminée. Vous n’avez rien à faire pour le moment.
    .again = La vérification est en cours depuis le { DATETIME($since, dateStyle: "long") }. Elle prend { -check-takes }. Je vous écrirai ici quand elle sera terminée.
    .again-2 = Rien de nouveau : la vérification a commencé le { DATETIME($since, dateStyle: "long") } et prend { -check-takes }.
status-waiting = Votre inscription est faite, et la vérification de vos antécédents est en cours. Vous avez tout envoyé le { DATETIME($since, dateStyle: "long") }. Elle prend { -check-takes } ; je ne connais pas le jour exact. Je vous écrirai ici quand elle sera terminée. Vous n’avez rien à faire pour le moment.
    .again = La vérification est en cours depuis le { DATETIME($since, dateStyle: "long") }. Elle prend { -check-takes }. Je vous écrirai ici quand elle sera terminée.
    .again-2 = Rien de nouveau : la vérification a commencé le { DATETIME($since, dateStyle: "long") } et prend { -check-takes }.
status-clear = Bonne nouvelle : la vérification de vos antécédents est terminée, et vous êtes mentor { -organisation } depuis le { DATETIME($since, dateStyle: "long") }. Les personnes en recherche d’emploi voient votre profil. Votre date de naissance a été effacée.
    .again = Vous êtes mentor { -organisation } depuis le { DATETIME($since, dateStyle: "long") }. La vérification de vos antécédents est terminée.
    .again-2 = Tout est fait : vous êtes mentor, et les personnes en recherche d’emploi voient votre profil.
status-expired = La vérification de vos antécédents n’a pas été terminée à temps, alors elle a pris fin le { DATETIME($since, dateStyle: "long") }. Votre date de naissance a été effacée. Vous pouvez réessayer.
    .again = La vérification a pris fin sans résultat. Vous pouvez réessayer.
    .again-2 = Aucune vérification n’est en cours. Vous pouvez en recommencer une.
status-declined = La vérification de vos antécédents est terminée depuis le { DATETIME($since, dateStyle: "long") }. Nous ne pouvons pas vous accepter comme mentor pour le moment. Votre date de naissance a été effacée. Si vous avez des questions, veuillez écrire à { $contact }.
    .again = Nous ne pouvons pas vous accepter comme mentor pour le moment. Une personne peut vous en dire plus : { $contact }.
    .again-2 = La vérification est terminée, et la réponse est non. Pour toute question, écrivez à { $contact }.
status-review = Le résultat de la vérification de vos antécédents est arrivé, et une personne l’examine. Vous avez tout envoyé le { DATETIME($since, dateStyle: "long") }. Cela peut prendre { -check-takes } ; je ne connais pas le jour exact. Vous aurez de nos nouvelles ici.
    .again = Une personne examine la vérification. Je vous dirai ici comment elle s’est terminée.
    .again-2 = Rien de nouveau : une personne l’examine encore.
status-pre_adverse = Nous vous avons écrit le { DATETIME($since, dateStyle: "long") } au sujet de la vérification de vos antécédents. Rien n’est encore définitif. Si vous pensez qu’elle est fausse, veuillez écrire dès maintenant à { $contact }.
    .again = Rien n’est encore définitif. Veuillez lire notre message sur la vérification, et écrivez à { $contact } si elle est fausse.
    .again-2 = Vous pouvez encore répondre : écrivez à { $contact }.
status-cancelled = La vérification de vos antécédents a été arrêtée le { DATETIME($since, dateStyle: "long") }, avant d’être terminée. Votre date de naissance a été effacée. Vous pouvez réessayer.
    .again = La vérification a été arrêtée. Vous pouvez réessayer.
    .again-2 = Aucune vérification n’est en cours. Vous pouvez en recommencer une.
status-withdrawn = Vous avez retiré un accord le { DATETIME($since, dateStyle: "long") }. Vous n’êtes donc pas mentor en ce moment, et votre profil n’est pas montré. Votre date de naissance a été effacée, et aucune vérification des antécédents n’est en cours. Vos autres réponses sont enregistrées.
    .again = Vous n’êtes pas mentor en ce moment, car vous avez retiré un accord. Vous pouvez le redonner à tout moment.
    .again-2 = Aucune vérification n’est en cours, et votre profil n’est pas montré. Vos autres réponses sont enregistrées.

## Small talk (en/smalltalk.ftl)

chat-thanks = Je vous en prie.
    .again = Avec plaisir.
    .again-2 = De rien.
chat-goodbye = À bientôt. Tout est enregistré. Écrivez-moi à votre retour, et nous continuerons avec { $open }.
    .again = Au revoir. Vos réponses sont enregistrées.
    .after = Au revoir. Tout est envoyé, et je vous écrirai ici quand la vérification sera terminée.
    .after-again = À bientôt. Vous n’avez plus rien à faire.
chat-bot = Je suis le robot { -de-organisation }, pas une personne. Une personne { -de-organisation } examine votre inscription quand vous avez terminé.
    .again = Oui, je suis un robot. Si vous préférez parler à une personne, écrivez à { $contact }.
chat-feelings = C’est gentil de le demander. Je suis un robot, alors je suis toujours prêt à continuer.
    .again = Bien, merci.
chat-praise = C’est gentil de votre part. Merci.
    .again = Merci, cela me fait plaisir.
    .again-2 = Comme c’est aimable.
chat-abuse = Je suis désolé que cela se passe mal. Question en cours : { $open }. Vous pouvez aussi faire une pause, ou écrire à une personne : { $contact }.
    .again = Je suis désolé. Une personne peut vous aider : { $contact }. Vos réponses restent enregistrées.
    .again-2 = Je comprends que cela vous agace. Nous pouvons continuer avec { $open }, ou vous pouvez vous arrêter ici.
    .after = Je suis désolé que cela se passe mal. Si vous préférez parler à une personne, écrivez à { $contact }.
    .after-again = Je suis désolé. Une personne peut vous aider : { $contact }.
chat-complaint =
    Cela fait beaucoup, je le sais. Chaque point a sa question, pour que ce que vous acceptez soit clair. { $left ->
        [0] Il ne reste que cette réponse et la dernière vérification.
        [1] Il ne reste que ce point et la dernière vérification.
       *[other] Il en reste { $left }, environ { $minutes } minutes. Vous pouvez vous arrêter à tout moment.
    }
    .again = Je comprends. Question en cours : { $open }. Vous pouvez aussi vous arrêter et continuer plus tard.
    .again-2 = C’est vrai, il faut un peu de patience. Il reste environ { $minutes ->
        [one] une minute
       *[other] { $minutes } minutes
    }.
    .after = Je suis désolé que ce soit si long. Vous n’avez rien à faire pour le moment. Si vous avez une question, écrivez à { $contact }.
    .after-again = Je comprends. Une personne peut vous en dire plus : { $contact }.
chat-sorry = Pas de souci.
    .again = Ce n’est rien.
chat-laugh = Tant mieux si ce formulaire a ses bons moments.
    .again = Cela fait plaisir de vous entendre rire.
chat-wait = Prenez votre temps. Écrivez-moi à votre retour, et nous continuerons avec { $open }.
    .again = Rien ne presse. Vos réponses sont enregistrées.
    .after = Prenez votre temps. Vous n’avez rien à faire pour le moment.
    .after-again = Rien ne presse.
chat-ack = Très bien.
    .again = Bien.
chat-offtopic = Je ne peux pas vous aider pour cela. Je suis ici pour vous inscrire comme mentor et pour répondre à des questions à ce sujet.
    .again = Je ne sais rien là-dessus. Nous pouvons continuer avec { $open }.
    .again-2 = Désolé, je ne connais que l’inscription.
    .after = Je ne peux pas vous aider pour cela. Je peux vous dire où en est votre inscription : écrivez « statut ».
    .after-again = Je ne sais rien là-dessus.
chat-goodbye-start = À bientôt. Vous pouvez revenir quand vous voulez.
    .again = Au revoir.
chat-abuse-start = Je suis désolé que cela se passe mal. Si vous préférez parler à une personne, écrivez à { $contact }.
    .again = Je suis désolé. Une personne peut vous aider : { $contact }.
chat-abuse-email_code = Je suis désolé. Veuillez regarder aussi dans vos courriels indésirables. « Envoyer un autre code » vous en apporte un autre, ou utilisez une autre adresse.
    .again = Je suis désolé pour l’attente. Si aucun code n’arrive, une personne peut vous aider : { $contact }.
chat-complaint-start = Cela prend environ { $minutes } minutes, et vous pouvez vous arrêter à tout moment et continuer plus tard.
    .again = Vous n’avez pas besoin de tout faire d’un coup. Chaque réponse est enregistrée.
chat-told = Désolé si j’ai l’air de me répéter. Question en cours : { $open }. Veuillez répondre ici.
    .again = Ce qui me manque encore : { $open }. Vos autres réponses sont enregistrées.
    .again-2 = Je suis désolé. Il me faut encore { $open }.
    .after = Oui, tout ce que vous m’avez dit est envoyé et enregistré.
    .after-again = Vous avez raison. Vous n’avez plus rien à faire.
chat-told-start = Nous n’avons pas encore commencé, je n’ai donc aucune réponse de vous. Si vous avez commencé sur un autre appareil, donnez votre adresse courriel quand je la demande.
    .again = Je n’ai encore aucune réponse de vous ici.
chat-told-consent = Désolé si cela se ressemble : chaque partie a son propre texte, et je n’ai pas encore de réponse à celle-ci.
    .again = Question en cours : { $open }. Il me faut un oui ou un non.
    .again-2 = Vos autres réponses sont enregistrées. Question en cours : { $open }.
chat-worry = Je comprends. Rien ne presse, et rien n’est envoyé avant que vous appuyiez sur Valider. Pour parler d’abord à une personne, écrivez à { $contact }.
    .again = Prenez votre temps. Vous pouvez vous arrêter ici, et tout reste enregistré. Une personne peut répondre à vos questions : { $contact }.
    .after = Je comprends. Si quelque chose vous inquiète, écrivez à { $contact }. Vous pouvez aussi retirer un accord à tout moment.
    .after-again = Une personne peut vous aider là-dessus : { $contact }.
chat-worry-consent = Je comprends. C’est votre choix, et vous pouvez dire non. Rien n’est envoyé avant que vous appuyiez sur Valider, et vous pouvez retirer un accord plus tard.
    .again = Rien ne presse. Pour en parler d’abord, écrivez à { $contact }.
chat-worry-start = Pas d’inquiétude : commencer ne vous engage à rien, et vous pouvez vous arrêter à tout moment.
    .again = Rien ne presse. Posez-moi d’abord toutes vos questions.
chat-offtopic-start = Je ne peux pas vous aider pour cela. Je suis ici pour vous inscrire comme mentor et pour répondre à des questions à ce sujet.
    .again = Désolé, je ne sais rien là-dessus.

## Telegram (en/telegram.ftl)

telegram-private-only = Je ne peux parler que dans une conversation privée, alors je quitte celle-ci. Écrivez-moi là-bas : { $link }
telegram-description =
    Je vous aide à devenir mentor ou mentore bénévole chez { -organisation } : quelques questions, une photo et votre accord aux promesses des mentors. Cela prend environ dix minutes, vous pouvez vous arrêter à tout moment, et je garde ce que vous m’avez dit.

    Envoyez /privacy pour savoir ce que deviennent vos données, et /delete_my_data pour les faire supprimer.

    Appuyez sur Démarrer ci-dessous.
telegram-short-description = Devenez mentor ou mentore bénévole chez { -organisation }.
telegram-code-of-ethics =
    { $refused ->
        [0] ✓ Code d’éthique : vous avez accepté les { $count } parties
       *[other] Code d’éthique : vous avez accepté { $agreed } parties sur { $count }
    }
button-hide-answers = Masquer mes réponses
telegram-delete-it-yourself = Telegram ne m’a pas laissé supprimer votre message avec la date. Veuillez le faire vous-même : maintenez le doigt dessus, puis choisissez Supprimer.
note-too-many =
    { $seconds ->
        [one] Cela fait beaucoup en peu de temps, alors je n’ai pas pris votre dernier message. Veuillez le renvoyer dans { $seconds } seconde. Rien de ce que j’ai gardé n’est perdu.
       *[other] Cela fait beaucoup en peu de temps, alors je n’ai pas pris votre dernier message. Veuillez le renvoyer dans { $seconds } secondes. Rien de ce que j’ai gardé n’est perdu.
    }
button-date-page = Choisir la date
date-page-title = Votre date de naissance
date-page-label = Date de naissance
date-page-why = Elle est enregistrée chiffrée, ne sert qu’à la vérification de vos antécédents, et est supprimée une fois celle-ci terminée.
date-page-send = Envoyer
date-page-sending = Envoi en cours …
date-page-sent = Merci. Vous pouvez fermer cette page et continuer dans la conversation.
date-page-expired = Veuillez ouvrir de nouveau cette page avec le bouton de la conversation.
date-page-not-asked = Cette question n’est plus posée. Veuillez continuer dans la conversation.
date-page-failed = Cela n’a pas fonctionné. Veuillez réessayer, ou écrire la date dans la conversation.
button-code-page = Toutes sur une page
code-page-title = Code d’éthique
code-page-retry = Réessayer
code-page-loading = Un instant …
code-page-sent = Merci. Vous pouvez fermer cette page et continuer dans la conversation.
code-page-expired = Veuillez ouvrir de nouveau cette page avec le bouton de la conversation. Vos réponses sont enregistrées.
code-page-not-asked = Le code d’éthique n’est plus demandé ici. Veuillez continuer dans la conversation.
code-page-too-quick = C’était très rapide, cela n’a donc pas compté. Veuillez d’abord lire cette partie, puis appuyer de nouveau.
code-page-failed = Cela n’a pas fonctionné. Veuillez réessayer, ou continuer dans la conversation.
button-photo-page = Recadrer une photo
photo-page-title = Votre photo
photo-page-why = Choisissez une photo et recadrez-la en carré. Les personnes en recherche d’emploi la verront ainsi.
photo-page-sending = Envoi de la photo …
photo-page-sent = Merci. Vous pouvez fermer cette page et continuer dans la conversation.
photo-page-expired = Veuillez ouvrir de nouveau cette page avec le bouton de la conversation.
photo-page-not-asked = La photo n’est plus demandée ici. Veuillez continuer dans la conversation.
photo-page-failed = Cela n’a pas fonctionné. Veuillez réessayer, ou envoyer la photo dans la conversation.
command-start = Commencer, ou reprendre où vous étiez
command-help = Ce que vous pouvez me demander
command-status = Où en est votre inscription
command-back = La question précédente
command-edit = Voir vos réponses et en modifier une
command-pause = Arrêter pour le moment ; rien n’est perdu
command-privacy = Ce que deviennent vos données
command-language = Choisir la langue
command-cancel = Annuler votre inscription ; je demande d’abord
command-delete-my-data = Effacer ce que vous m’avez dit
note-voice = Je ne peux pas écouter d’enregistrements. Veuillez écrire votre réponse.
note-video = Je ne peux pas regarder de vidéos. Si vous vouliez envoyer une photo, envoyez-la comme photo ; sinon, veuillez écrire votre réponse.
note-sticker = Il me plaît, mais je ne peux pas y lire de réponse. Veuillez écrire votre réponse ou appuyer sur un bouton.
note-location = Je n’ai pas besoin de savoir où vous êtes, alors je ne l’ai pas gardé. Veuillez écrire votre réponse.
note-contact = Je ne garde pas les coordonnées d’autres personnes. Veuillez écrire votre réponse.
note-poll = Je ne peux pas participer aux sondages. Veuillez écrire votre réponse.
note-story = Je ne peux pas voir les « stories ». Veuillez écrire votre réponse.
note-forwarded = Je ne prends que ce que vous écrivez vous-même, alors je n’ai pas retenu ce message transféré. Veuillez écrire votre réponse.
note-edit-taken = J’ai vu que vous avez modifié votre message précédent, et j’ai changé cette réponse.
note-edit-asked = J’ai vu que vous avez modifié votre message précédent. Pour bien comprendre, je vous le demande encore une fois.
note-edit-of-nothing = J’ai vu que vous avez modifié un message précédent. Aucune de vos réponses n’en dépend. Pour modifier une réponse, écrivez par exemple « modifier mon expertise ».
note-photo-album = Vous avez envoyé plusieurs photos à la fois. J’ai pris la première et n’ai pas gardé les autres.

translation-label = Traduction pour vous aider à lire. Le texte anglais ci-dessus est celui qui compte.

# Ce qui est proposé quand un message n'a pas été compris.
note-did-you-mean = Vouliez-vous dire l’une de ces choses ?
    .again = Je ne suis toujours pas sûr de vous comprendre. Est-ce l’une de ces choses ?
button-none-of-these = Non, autre chose
about-item = { $choice } ({ $item })
choice-faq_why = Pourquoi cette question ?
choice-faq_meaning = Qu’est-ce que cela veut dire ?
choice-faq_sees = Qui voit cela ?
choice-faq_kept = Combien de temps le gardez-vous ?
choice-faq_example = Montrez-moi un exemple
choice-faq_data = Mes données sont-elles en sécurité ?
choice-faq_delete = Comment supprimer mes données ?
choice-faq_change = Puis-je changer mes réponses plus tard ?
choice-faq_check = Que vérifiez-vous ?
choice-faq_check_time = Combien de temps dure la vérification ?
choice-faq_record = Un casier judiciaire m’exclut-il ?
choice-faq_cost = Combien cela coûte-t-il ?
choice-faq_duration = Combien de temps cela prend-il ?
choice-faq_pause = Puis-je finir plus tard ?
choice-faq_time = Combien de temps faut-il comme mentor ?
choice-faq_after = Que se passe-t-il ensuite ?
choice-faq_refuse = Et si je refuse ?
choice-faq_breach = Et si je ne tiens pas une promesse ?
choice-faq_leave = Puis-je cesser d’être mentor ?
choice-faq_published = Qu’est-ce qui est publié ?
choice-faq_mentor = Que fait un mentor ?
choice-faq_eligible = Puis-je devenir mentor ?
choice-faq_account = Qu’est-ce qu’un compte { -organisation } ?
choice-faq_photo = Quelle photo vous faut-il ?
choice-faq_languages = Quelles langues parlez-vous ?
choice-faq_person = Parler à une personne
choice-faq_organisation = Qu’est-ce { -que-organisation } ?
choice-faq_status = Où en suis-je ?
choice-faq_receipt = Qu’ai-je accepté ?
choice-faq_my_data = Que savez-vous de moi ?
choice-faq_help = Aide
choice-go_back = Revenir en arrière
choice-skip = Passer cette question
choice-see_review = Voir mes réponses
choice-pause = Arrêter pour l’instant
choice-change_answer = Changer une réponse
choice-withdraw_consent = Retirer un accord
choice-continue_elsewhere = Continuer sur un autre appareil
choice-stop_reminders = Ne plus m’envoyer de rappels
choice-faq_next = Qu’est-ce qui vient ensuite ?
choice-faq_code = Puis-je lire tout le code ?
choice-faq_import = Pouvez-vous le prendre sur un autre site ?
choice-faq_everyone = Tout le monde accepte-t-il cela ?
choice-faq_ability = Comment le saurais-je ?
choice-faq_cannot = Et si je ne peux pas répondre ?
choice-resend_code = M’envoyer un nouveau code
choice-repeat = Me reposer la question
choice-remind_me = M’envoyer un rappel
choice-faq_mistake = Et si je fais une erreur ?
choice-faq_when = Quand cela commence-t-il ?
choice-faq_trouble = Quelque chose ne marche pas

person-offer = Voulez-vous qu’une personne { -de-organisation } vous réponde ici ? Elle répond { $hours ->
        [none] les jours ouvrés, en général dans la journée
       *[other] { $hours }
    } et voit ce qui est écrit dans cette conversation. Appuyez sur le bouton, ou écrivez à { $contact }. Vos réponses restent enregistrées.
person-asked = J’ai transmis votre demande. Une personne { -de-organisation } vous répond ici { $hours ->
        [none] les jours ouvrés, en général dans la journée
       *[other] { $hours }
    }. Que voulez-vous lui demander ? Ce que vous écrivez lui est transmis jusqu’à ce que vous continuiez le formulaire.
person-open = Une personne { -de-organisation } vous répond ici { $hours ->
        [none] les jours ouvrés, en général dans la journée
       *[other] { $hours }
    }. Ce que vous écrivez lui est transmis jusqu’à ce que vous continuiez le formulaire. Vous pouvez aussi écrire à { $contact }.
person-passed-on = J’ai transmis cela à la personne { -de-organisation }.
    .again = La personne { -de-organisation } reçoit cela aussi.
    .again-2 = C’est transmis également.
person-ended = Très bien, j’ai dit à la personne { -de-organisation } que vous n’avez plus besoin d’elle.
person-says = Une personne { -de-organisation } :
    .subject = Une personne { -de-organisation } vous a répondu
person-left = La personne { -de-organisation } a terminé la conversation. Si vous avez une autre question, demandez de nouveau à parler à quelqu’un.
