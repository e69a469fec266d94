"""The channels that mentors use.

A channel registers itself as a `bot.conversation.workers.Channel`, which says how it delivers messages and fetches
photos. It hands what mentors send to `bot.conversation.turns.Conversations` (`open`, `accept`), and shows them the
messages of the transcript. It decides nothing about the form.
"""
