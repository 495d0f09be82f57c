"""The invoice service: every order gets one invoice; a cancelled order that had its invoice gets a credit note."""
