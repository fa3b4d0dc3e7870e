"""A mailbox whose mails become prompts, and from which what was made is sent back to who asked.

The mailbox itself is the memory of it, by two flags of IMAP: a mail without ``\\Seen`` is new, one with ``\\Seen`` and
without ``\\Answered`` is a prompt that nobody was told of yet. A kill between any two steps leaves what the next look
goes on from. ``letters`` reads a mail, ``authentication`` judges who sent it, ``imap`` and ``smtp`` speak to servers,
``intake`` submits, ``answers`` and ``post`` give back what ``replies`` writes, ``watch`` holds the thread.
"""
