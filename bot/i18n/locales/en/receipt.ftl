# The consent receipt: the page on which a mentor finds what they agreed to.
receipt-title = What you agreed to
receipt-lead = This is the record of your replies to { -organisation }’s commitments and code of ethics, with the time in UTC. Please keep it.
receipt-none = You have not agreed to anything yet.
receipt-keep = To withdraw a consent, type “withdraw a consent” in the chat. If a line is wrong, write to { $contact }.
receipt-number = Receipt
receipt-decision-agreed = You agreed.
receipt-decision-refused = You did not agree.
receipt-decision-withdrawn = You withdrew your consent.
receipt-replaced = A later reply replaced this one.
receipt-said = Your reply: “{ $reply }”
