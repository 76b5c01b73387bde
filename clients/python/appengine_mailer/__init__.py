"""The names of appengine-mailer's client, over PostOffice."""
