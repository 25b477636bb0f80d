from setuptools import find_packages, setup

TORCH = "2.5.1"
core = [
    "torch==" + TORCH,
    "numpy>=1.26",
]
core += ["lightgbm==4.5.0"]

extras = {"train": ["ultralytics==8.3.41"]}
extras["serve"] = """
    gradio>=6.16
    tensorfow==2.18.0
""".split()

setup(
    name="scorer",
    version="1.0",
    packages=find_packages(),
    install_requires=core,
    extras_require=extras,
    tests_require=["pytest>=8"],
    setup_requires=["setuptools>=70"],
    dependency_links=["git+https://github.com/acme/fast-scorer.git@main#egg=fast-scorer-1.0"],
)
