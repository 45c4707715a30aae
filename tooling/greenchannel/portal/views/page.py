"""Every page that has a view of its own."""

from greenchannel.portal.views.incidents import IncidentsView, IncidentView, UrgentView
from greenchannel.portal.views.lists import (
    DirectoryView,
    HomeView,
    ListView,
    PlainView,
    SearchView,
    SiteMapView,
    TimelinessView,
)
from greenchannel.portal.views.releases import ReleaseView, RevisionPageView

PageView = (
    ReleaseView
    | RevisionPageView
    | IncidentView
    | IncidentsView
    | UrgentView
    | ListView
    | DirectoryView
    | SiteMapView
    | SearchView
    | HomeView
    | TimelinessView
    | PlainView
)
