"""Plans: the catalogue that the operator applies, and the versions of each plan."""

from data.services.plans.applying import apply, check
from data.services.plans.catalogue import Catalogue, Included, Over, Plan, Seats, TaxRules
from data.services.plans.current import current, find
from data.services.plans.differences import Difference, Fate, PlanDifference
from data.services.plans.overview import Overview, overview
from data.services.plans.reading import read
from data.services.plans.stored import kept
