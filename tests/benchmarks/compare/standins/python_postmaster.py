"""What the Python PostMaster does for a GET, from its description: reads up to 50 files in the directory's order, parses
them, unlinks them, and answers with all of them as one JSON array. For gunicorn; MAIL_MESSAGES names the directory."""
import json
import os

import falcon

MESSAGES = os.environ["MAIL_MESSAGES"]


class Messages:
    def on_get(self, request, response):
        records = []
        for name in os.listdir(MESSAGES)[:50]:
            path = os.path.join(MESSAGES, name)
            try:
                with open(path) as file:
                    records.append(json.load(file))
                os.unlink(path)
            except (OSError, ValueError):
                pass  # another worker was there first: the original loses mail here
        response.text = json.dumps(records)


application = falcon.App()
application.add_route("/", Messages())
