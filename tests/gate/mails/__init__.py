"""Mails made for the proofs of the gate: written from the catalogue and the RFCs with Python's own encoders, never from
the code that is to find them."""
