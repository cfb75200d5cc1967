"""Which model of a task answers when a request names none."""
import json
import tempfile
import unittest
from pathlib import Path

from seqtrain.shelving import choose_default


class ChooseDefaultTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name)
        (self.out / "training" / "results" / "runs").mkdir(parents=True)
        for name, loss in (("x-a", 2.0), ("x-b", 1.0), ("x-c", 3.0), ("y-a", 0.5)):
            (self.out / name).mkdir()
            (self.out / name / "model.json").write_text(json.dumps({"name": name, "default": name == "x-a"}))
            (self.out / "training" / "results" / "runs" / f"{name}.json").write_text(json.dumps({"loss": loss}))

    def _defaults(self):
        return [path.parent.name for path in sorted(self.out.glob("*/model.json")) if json.loads(path.read_text())["default"]]

    def test_the_largest(self):
        choose_default(self.out, "x-*", "loss")
        self.assertEqual(self._defaults(), ["x-c"])

    def test_the_least(self):
        choose_default(self.out, "x-*", "loss", least=True)
        self.assertEqual(self._defaults(), ["x-b"])


if __name__ == "__main__":
    unittest.main()
