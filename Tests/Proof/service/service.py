"""The smallest service that needs what its image installs."""

import flask
import waitress

app = flask.Flask(__name__)


@app.get("/")
def greet():
    return "it works\n"


if __name__ == "__main__":
    server = waitress.create_server(app, host="127.0.0.1", port=0)
    print(f"http://127.0.0.1:{server.effective_port}/", flush=True)
    server.run()
