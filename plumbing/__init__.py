"""Clock, configuration, database, ids, log, cryptography. No word of the domain is spoken here."""
