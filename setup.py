"""What pyproject.toml cannot say: a wheel carries the pages of docs/manual as therapydesk/manual, for F1."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

MANUAL = Path("docs", "manual")


class WithManual(build_py):
    """Copies the manual beside the code. An editable install finds it where it is."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib, "therapydesk", "manual")
        self.mkpath(str(target))
        for page in sorted(MANUAL.glob("*.md")):
            self.copy_file(str(page), str(target / page.name))


setup(cmdclass={"build_py": WithManual})
