#!/usr/bin/env python3
"""look.py URL DIRECTORY: opens the status page at widths from a desktop's to a small phone's, light and dark, with scripts
and without; nothing may stick out, nothing else may be loaded. The pictures go to DIRECTORY."""
import sys

from browser import Browser

url, directory = sys.argv[1:3]
browser = Browser()
try:
    for name, width, height, scale, is_phone in (("desktop", 1280, 900, 1, False), ("tablet", 768, 1024, 1, True),
                                                 ("phone", 360, 740, 2, True), ("small-phone", 320, 568, 2, True)):
        for scheme in ("light", "dark"):
            for has_scripts in (True, False):
                what = f"{name}, {scheme}, {'with' if has_scripts else 'without'} scripts"
                browser.screen(width, height, scale, is_phone)
                browser.colours(scheme)
                browser.scripts(has_scripts)
                browser.open(url)
                content, seen = browser.sizes()
                assert seen["clientWidth"] == width, f"{what}: the page is laid out {seen['clientWidth']} wide, not {width}"
                assert content["width"] <= seen["clientWidth"], f"{what}: {content['width']} wide, {seen['clientWidth']} seen"
                assert content["height"] > height / 2, f"{what}: hardly anything is there"
                others = [one for one in browser.requests if one != url and not one.endswith("/favicon.ico")]
                assert not others, f"{what}: loads {others}"
                if has_scripts:
                    wide, inner, scripts = browser.ask(
                        "[document.scrollingElement.scrollWidth, innerWidth, document.scripts.length]")
                    assert wide <= inner, f"{what}: scrolls sideways, {wide} over {inner}"
                    assert scripts == 0, f"{what}: has scripts"
                    back = browser.ask("getComputedStyle(document.body).backgroundColor")
                    is_dark = sum(int(n) for n in back[4:-1].split(",")) < 384
                    assert is_dark == (scheme == "dark"), f"{what}: {back}"
                else:
                    browser.shoot(f"{directory}/{name}-{scheme}.png")
                print(f"ok  {what}: {content['width']} x {content['height']}")
finally:
    browser.close()
