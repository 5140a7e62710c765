#!/usr/bin/env bash
# The dashboard in a real headless browser. Its pictures go to the folder that is given, none are kept otherwise.
# Debian's chromium is installed where it is absent and apt-get may; elsewhere the tests skip and say so.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v chromium chromedriver >/dev/null; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends chromium chromium-driver fonts-dejavu-core >/dev/null
    else
        echo "browser.sh: no chromium here, and no apt-get as root to install it: the browser tests skip"
    fi
fi
make -s .venv/dev.stamp
DASHBOARD_PICTURES="${1:-}" .venv/bin/python -m pytest -q -rs tests/dashboard/test_in_browser.py
