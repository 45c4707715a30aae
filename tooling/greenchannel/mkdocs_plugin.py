"""Glue, so that a bare ``mkdocs build`` gives the whole site: MkDocs renders content/pages, the rest is ours."""

from pathlib import Path
from typing import Any

from mkdocs.config.base import Config
from mkdocs.plugins import BasePlugin

from greenchannel import sourcing
from greenchannel.continuity import refuse_older_record
from greenchannel.delivery.record import read_record
from greenchannel.delivery.writing import write_tree
from greenchannel.desk.settings import Settings, read_settings
from greenchannel.handwritten import read_pages
from greenchannel.portal.assets import addresses, read_assets
from greenchannel.portal.tongue import led, marked
from greenchannel.portal.variants import compress
from greenchannel.portal.views.parts import SiteFrame
from greenchannel.portal.wording import CHINESE, ENGLISH, speak


class NoOptions(Config):  # type: ignore[no-untyped-call]  # MkDocs is half typed.
    """Everything is set under extra: greenchannel:, where we read it without MkDocs."""


class GreenchannelPlugin(BasePlugin[NoOptions]):  # type: ignore[no-untyped-call]  # The same.
    """`frame` is set by our own build, which writes the record's artifacts itself; a bare `mkdocs build` has none."""

    frame: SiteFrame | None = None

    def on_config(self, config: Any) -> Any:
        config.theme.static_templates.discard("sitemap.xml")  # Ours names the releases too.
        if self.frame is None:
            refuse_older_record(_settings(config))  # Before MkDocs empties the folder.
        return config

    def on_env(self, env: Any, config: Any, files: Any) -> Any:  # noqa: ARG002  # MkDocs calls by name.
        settings = _settings(config)
        frame = self.frame or sourcing.portal_frame(settings)
        self._english = config.theme.get_env()
        for environment, language, around in ((env, CHINESE, frame), (self._english, ENGLISH, frame.english or frame)):
            speak(environment, language)
            environment.globals["portal"] = around
            environment.globals["asset"] = addresses(read_assets(settings.templates))
        return env

    def on_page_context(self, context: Any, page: Any, config: Any, nav: Any) -> Any:  # noqa: ARG002  # The same.
        self._context = context
        return context

    def on_post_page(self, output: str, page: Any, config: Any) -> str:  # noqa: ARG002  # The same.
        """A page that says it is in English gets the words of the theme in English, too."""
        if page.meta.get("lang") != ENGLISH:
            return output
        frame, made = self._english.globals["portal"], self._english.get_template("main.html").render(self._context)
        return marked(led(made, frame.root, (frame.home, frame.subscribe)))

    def on_post_build(self, config: Any) -> None:
        if self.frame is None:
            settings, folder = _settings(config), Path(config.site_dir)
            record = read_record(settings.releases)
            files = (*sourcing.record_artifacts(settings, record), *sourcing.record_index(settings, record))
            if settings.precompress:
                files = tuple(packed for one in (*read_pages(folder), *files) for packed in compress(*one))
            write_tree(folder, files)

    def on_serve(self, server: Any, config: Any, builder: Any) -> Any:  # noqa: ARG002  # MkDocs calls by name.
        server.watch(str(_settings(config).releases))
        return server


def _settings(config: Any) -> Settings:
    return read_settings(Path(config.config_file_path).parent)
