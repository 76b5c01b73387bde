"""What the last long run of each measure said, so that one can be run afresh without the others."""
import os
import pickle


class Shelf:
    def __init__(self, directory):
        self.directory = directory
        os.makedirs(directory, exist_ok=True)

    def put(self, sections):
        for name, section in sections.items():
            with open(f"{self.directory}/{name}.pickle", "wb") as file:
                pickle.dump(section, file)

    def take(self, names):
        """Of those that were ever run, in this order."""
        return [self.load(name) for name in names if os.path.exists(f"{self.directory}/{name}.pickle")]

    def load(self, name):
        with open(f"{self.directory}/{name}.pickle", "rb") as file:
            return pickle.load(file)
