"""Money: currencies, periods, shares, taxes and days to pay, as plain numbers; nothing of a database or a person."""
