# When something of ours does not work, or a request makes no sense.
error-waiting = One moment. A part of our system is not answering. Your message is safe, and I will go on with it as soon as I can.
error-lost-turn = Sorry, something went wrong on our side with your last message. Nothing you saved is lost. Please try again. If it happens again, write to { $contact } and give the number { $reference }.
error-internal = Sorry, something went wrong on our side. Nothing you saved is lost. Please try again. The number of this problem is { $reference }.
error-disk-full = Sorry, we cannot save anything right now, because our disk is full. What you saved before is safe. Please try again later. The number of this problem is { $reference }.
error-photo-store = Sorry, we cannot save or show photos right now. What you saved before is safe. Please try again in a few minutes. The number of this problem is { $reference }.
note-disk-full = Sorry, I cannot save anything right now, because our disk is full. You do not need to send your message again: I will answer it as soon as I can.
error-no-session = This page has lost its connection to your conversation. Please reload it.
error-request = That request was not complete. Please reload the page and try again.
error-body-too-large = That message is too large to send.
error-too-often = That was a lot in a short time. Please wait { $seconds ->
        [one] { $seconds } second
       *[other] { $seconds } seconds
    } and try again. Nothing you saved is lost.
error-no-token = This page is no longer up to date. Please reload it.
error-origin = This request did not come from our page.
error-not-found = There is nothing at this address.
error-method = This address does not take that kind of request.
