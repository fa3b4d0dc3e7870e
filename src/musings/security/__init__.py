"""Who may do what: secrets, passwords, signatures and limits. Pure, but for the file that holds the signing key."""
