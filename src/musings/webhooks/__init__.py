"""Webhooks: other programs are told when a prompt ends (https://www.standardwebhooks.com).

``destinations`` says where a message may go, ``messages`` what it says, ``signatures`` signs it, ``sending`` sends one,
``delivery`` works through the outbox.
"""
