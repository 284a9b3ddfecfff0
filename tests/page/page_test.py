"""Tests the report page in a browser: page_test.py INTENT_CLI BROWSER [unittest options]

One run of a generated log makes the pages; each test opens one of them. Nothing waits for a clock.
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

INTENT_CLI, BROWSER = sys.argv[1], sys.argv[2]

CONFIG = """
[session]
label = "window"
[batches]
train = "40d"
validation = "14d"
test = "14d"
step = "30d"
[extractors.V1]
[models.bernoulli_nb]
alpha = [0.1, 1.0]
[models.random_forest]
n_estimators = [10]
max_depth = [4, 8]
[report]
parts = "full"
"""
# A category that would be markup, were it not text.
EVIL = "</script><img src=x onerror=document.title='broken'>"


class Pages:
    """Everything that is made once."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.cli("generate", "--events", "30000", "--seed", "3", "--out", "events.csv")
        log = (self.folder / "events.csv").read_text().splitlines()
        category = log[0].split(",").index("category_code")
        for number in range(1, len(log), 5):
            fields = log[number].split(",")
            fields[category] = EVIL
            log[number] = ",".join(fields)
        (self.folder / "events.csv").write_text("\n".join(log) + "\n")
        (self.folder / "config.toml").write_text(CONFIG + f"# {EVIL}\n")
        self.cli("run", "config.toml", "events.csv", "--out", "result")
        self.cli("eda", "events.csv", "--html", "eda.html", "--set", "session.label=window")
        model = max((self.folder / "result/models").glob("*random_forest.cwm"))
        self.cli("predict", "events.csv", "--model", model, "--out", "predictions.csv", "--html", "predict.html")
        self.rows = json.loads((self.folder / "result/batches.json").read_text())

    def cli(self, *arguments):
        subprocess.run([INTENT_CLI, *map(str, arguments), "--quiet"], cwd=self.folder, check=True,
                       stdout=subprocess.DEVNULL)

    def path(self, name):
        return self.folder / name


class PageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="cartwheel_page_")
        cls.pages = Pages(cls.temporary.name)
        cls.playwright = sync_playwright().start()
        cls.browser = cls.playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.playwright.stop()
        cls.temporary.cleanup()

    def open(self, name="result/report.html", **options):
        """A page that has loaded; what it complains of, and what it asks the network for, goes to self.faults."""
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.addCleanup(context.close)
        page = context.new_page()
        self.faults = []
        page.on("console", lambda message: self.faults.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", lambda request: None if request.url.startswith("file:") or request.url == "data:,"
                else self.faults.append(f"request: {request.url}"))
        page.goto(self.pages.path(name).as_uri())
        page.wait_for_selector("main section")
        return page

    def counts(self, page):
        return {name: int(page.get_attribute(f"[data-outcome={name}]", "data-count"))
                for name in ("true_negative", "false_positive", "false_negative", "true_positive")}

    def column(self, page, caption, number):
        table = page.locator("table", has=page.locator("caption", has_text=caption)).first
        return table.locator("tbody tr").evaluate_all(f"rows => rows.map(row => row.children[{number}].textContent)")

    def test_every_page_loads_without_a_complaint_or_the_network(self):
        sections = {
            "result/report.html": ["summary", "batches", "decisions", "time", "search", "features", "pitfalls", "errors",
                                   "exploration", "audit", "account", "run"],
            "eda.html": ["exploration", "account", "run"],
            "predict.html": ["scored", "account", "run"],
        }
        for name, expected in sections.items():
            with self.subTest(name):
                page = self.open(name)
                self.assertEqual(page.eval_on_selector_all("main > section", "all => all.map(one => one.id)"), expected)
                page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true; })")
                page.mouse.move(600, 400)
                self.assertEqual(self.faults, [])
                self.assertLess(self.pages.path(name).stat().st_size, 3_000_000)

    def test_the_slider_shows_the_confusion_that_the_command_line_tells(self):
        page = self.open()
        for row in self.pages.rows:
            page.get_by_label("Batch", exact=True).select_option(row["batch"])
            page.locator("#decisions").get_by_label("Model").select_option(row["model_name"])
            page.get_by_role("button", name="Tuned cut").click()
            self.assertEqual(float(page.get_attribute("output.cut", "data-threshold")), row["threshold"])
            self.assertEqual(self.counts(page), row["confusion"])
            self.assertEqual(page.text_content("[data-measure=f1]"), f"{row['f1_score_optimized']:.4f}")

    def test_the_slider_agrees_with_predictions_at_every_cut(self):
        with open(self.pages.path("predictions.csv"), newline="") as file:
            scored = [(float(row["probability"]), row["label"] == "1") for row in csv.DictReader(file) if row["label"]]
        page = self.open("predict.html")
        slider = page.get_by_role("slider")
        last = int(slider.get_attribute("max"))
        for place in range(0, last + 1, max(1, last // 12)):
            slider.fill(str(place))
            cut = float(page.get_attribute("output.cut", "data-threshold"))
            yes = [label for probability, label in scored if probability >= cut]
            counts = self.counts(page)
            self.assertEqual(counts["true_positive"], sum(yes), cut)
            self.assertEqual(counts["false_positive"], len(yes) - sum(yes), cut)
            self.assertEqual(sum(counts.values()), len(scored))

    def test_the_slider_obeys_keys_and_moves_every_chart(self):
        page = self.open()
        charts = page.locator("#decisions canvas")
        said = charts.evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
        drawn = charts.evaluate_all("all => all.map(one => one.toDataURL())")
        page.get_by_role("slider").focus()
        for _ in range(5):
            page.keyboard.press("PageUp")
        self.assertFalse(set(drawn) & set(charts.evaluate_all("all => all.map(one => one.toDataURL())")))
        self.assertEqual(len(said), 4)
        self.assertIn("precision", page.get_by_role("slider").get_attribute("aria-valuetext"))

    def test_profits_of_the_outcomes_can_be_changed(self):
        page = self.open()
        for label, value in (("true positive", "7"), ("false positive", "-2")):
            page.get_by_label(label).fill(value)
        counts = self.counts(page)
        profit = 7 * counts["true_positive"] - 2 * counts["false_positive"]
        self.assertEqual(page.text_content("[data-measure=total]").replace(",", ""), str(profit))

    def test_tables_sort_by_their_heads(self):
        page = self.open()
        caption = "Every batch and model"
        head = page.locator("#batches thead").get_by_role("button", name="F1 tuned")
        head.click()
        down = [float(text) for text in self.column(page, caption, 3)]
        self.assertEqual(down, sorted(down, reverse=True))
        self.assertEqual(len(down), len(self.pages.rows))
        head.press("Enter")
        self.assertEqual([float(text) for text in self.column(page, caption, 3)], sorted(down))
        self.assertEqual(head.locator("xpath=..").get_attribute("aria-sort"), "ascending")

    def test_tables_filter_and_search(self):
        page = self.open()
        page.get_by_label("Table", exact=True).select_option("product")
        exploration = page.locator("#exploration")
        exploration.get_by_label("Filter Views").fill(">= 5")
        exploration.get_by_role("button", name="Show all").click()
        views = [int(text.replace(",", "")) for text in self.column(page, "Product:", 1)]
        self.assertTrue(views and min(views) >= 5)
        exploration.get_by_label("Filter Product").fill("no such product")
        self.assertEqual(self.column(page, "Product:", 0), ["No row fits."])
        page.locator("#batches").get_by_label("Search").fill("naive")
        self.assertEqual(set(self.column(page, "Every batch and model", 1)), {"Naive Bayes"})

    def test_markup_in_the_data_stays_text(self):
        page = self.open("eda.html")
        self.assertIn(EVIL[:40], "".join(self.column(page, "Category:", 0)))
        self.assertNotEqual(page.title(), "broken")
        self.assertEqual(page.locator("img").count(), 0)
        page = self.open()
        self.assertIn(EVIL, page.text_content("pre"))
        self.assertEqual(self.faults, [])

    def test_the_policy_forbids_scripts_and_requests_of_others(self):
        page = self.open()
        page.evaluate("""() => { const script = document.createElement('script'); script.textContent = 'document.title = "broken"';
                         document.body.append(script); }""")
        self.assertNotEqual(page.title(), "broken")
        self.assertEqual(page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'refused')"), "refused")

    def test_dark_follows_the_system_until_the_reader_chooses(self):
        ground = "getComputedStyle(document.body).backgroundColor"
        page = self.open(color_scheme="dark")
        dark = page.evaluate(ground)
        page.get_by_role("button", name="Switch between").click()
        light = page.evaluate(ground)
        self.assertNotEqual(dark, light)
        self.assertEqual(self.open(color_scheme="light").evaluate(ground), light)

    def test_a_phone_never_scrolls_sideways(self):
        for name in ("result/report.html", "eda.html", "predict.html"):
            page = self.open(name, viewport={"width": 360, "height": 740})
            self.assertEqual(page.evaluate("document.documentElement.scrollWidth"), 360, name)

    def test_print_is_light_and_whole(self):
        page = self.open(color_scheme="dark")
        self.assertEqual(page.pdf(format="A4")[:5], b"%PDF-")
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(page.evaluate("document.documentElement.dataset.theme"), "light")
        self.assertFalse(page.locator("#contents").is_visible())
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        self.assertEqual(page.evaluate("document.documentElement.dataset.theme"), "dark")
        self.assertEqual(self.faults, [])

    def test_axe_finds_nothing_serious(self):
        for name, scheme in (("result/report.html", "light"), ("result/report.html", "dark"), ("predict.html", "light")):
            with self.subTest(name=name, scheme=scheme):
                page = self.open(name, color_scheme=scheme)
                options = {"resultTypes": ["violations"]}
                if scheme == "dark":  # the same elements in other colours
                    options["runOnly"] = ["color-contrast"]
                else:
                    page.eval_on_selector_all(".session, #decisions .more", "all => all.forEach(one => { one.open = true; })")
                found = Axe().run(page, options=options).response["violations"]
                serious = [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found
                           if one["impact"] in ("serious", "critical")]
                self.assertEqual(serious, [])

    def test_logs_of_one_class_and_without_events_say_so(self):
        head = "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n"
        views = [f"2021-03-{day:02d} 10:0{minute}:00 UTC,view,p,1,a,b,5.00,u{day},s{day}\n"
                 for day in range(1, 25) for minute in range(3)]
        self.pages.path("one.csv").write_text(head + "".join(views))
        self.pages.path("none.csv").write_text(head)
        model = max(self.pages.path("result/models").glob("*.cwm"))
        self.pages.cli("predict", "one.csv", "--model", model, "--out", "p.csv", "--html", "one.html")
        self.pages.cli("predict", "none.csv", "--model", model, "--out", "p.csv", "--html", "none.html")
        self.pages.cli("eda", "none.csv", "--html", "none_eda.html")
        self.assertIn("undefined: one class alone", self.open("one.html").text_content("#scored"))
        self.assertEqual(self.faults, [])
        self.assertIn("nothing to score", self.open("none.html").text_content("#scored"))
        self.assertEqual(self.faults, [])
        self.assertIn("no events", self.open("none_eda.html").text_content("#exploration"))
        self.assertEqual(self.faults, [])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
