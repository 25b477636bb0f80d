from setuptools import setup

a = b
b = a + a
a += b
setup(
    install_requires=[a, "torch==2.5.1", *b, 3, None, "==", ""] + missing,
    extras_require=a,
    **b
)
setup(install_requires=["ultralytics==8.3.41"
