"""A valid input for each of the three services, and what its fields mean."""

from importlib.resources import files
from typing import Final

from attrs import frozen


@frozen
class Sample:
    """
    An input: the *file* it is kept in, the *name* that people give it, the rest of the *command* that submits it.

    *fields* are those in it, by the path of each, with what it means; *own* says what to replace by something of one's
    own before it goes to the service itself.
    """

    file: str
    name: str
    command: str
    own: str
    fields: tuple[tuple[str, str], ...]

    def text(self) -> str:
        """Its content."""
        return files("jobwait.cli.inputs").joinpath("samples", self.file).read_text("utf-8")


SAMPLES: Final = {
    "freeplay": Sample(
        file="freeplay.json",
        name="optimization.json",
        command="freeplay optimization.json",
        own="At Freeplay itself the project, the version and the dataset must be yours.",
        fields=(
            ("project_id", "The project that the prompt belongs to."),
            ("prompt_template_version_id", "The version of the prompt template to be improved, a UUID."),
            ("dataset_id", "The dataset that the optimization uses, a UUID."),
            ("user_instructions", "Optional: what the new version should do better, in plain words."),
            ("use_best_practices", "Optional: whether to apply best practices of prompt writing; true if left out."),
            ("use_labels", "Optional: whether to learn from human labels; true if left out."),
            ("use_customer_feedback", "Optional: whether to learn from customer feedback; true if left out."),
            (
                "run_test_after_optimization",
                "Optional: whether to test both versions and compare them, which costs model calls; true if left out.",
            ),
        ),
    ),
    "fryte": Sample(
        file="fryte.json",
        name="tour.json",
        command="fryte tour.json",
        own="At FRYTE itself the vehicle must be one of yours.",
        fields=(
            ("vehicle_id", "The vehicle, twelve digits."),
            ("battery_level_start", "The battery's charge at departure, 0.1 to 1.0; 1.0 is full."),
            ("battery_level_end", "Optional: the charge wanted at the end, 0.1 to 0.8; 0.2 if left out."),
            ("start_time_tour", "Optional: when the tour starts, HH:MM:SS or ISO 8601."),
            ("service_time_departure_min", "Optional: minutes spent at the departure."),
            (
                "include_available_charging_stations",
                "Optional: whether the result lists every station near the route; false if left out.",
            ),
            ("section_list", "The sections of the tour, in order."),
            ("section_list[].section_id", "Optional: your name for the section."),
            ("section_list[].start_pos", "Where it starts: latitude and longitude in degrees."),
            ("section_list[].stop_pos", "Where it ends: latitude and longitude in degrees."),
            ("section_list[].payload_kg", "Optional: the payload in kilograms; 19300 if left out."),
            ("section_list[].opening_time", "Optional: from when to when its end is open, each HH:MM:SS."),
            ("section_list[].service_time_min", "Optional: minutes spent at its end."),
            ("poi_info", "Which charging stations may be used; {} allows all."),
            ("poi_info.min_kW", "Optional: least charging power in kilowatts."),
            ("poi_info.truck_approved", "Optional: T fits a tractor, TT a truck with its trailer as well."),
            ("poi_info.connector_type", "Optional: the connectors that fit."),
            ("poi_info.connector_pos", "Optional: the side of the vehicle that has the connector."),
        ),
    ),
    "promptforge": Sample(
        file="promptforge.jsonl",
        name="prompts.jsonl",
        command="promptforge prompts.jsonl --provider openai --model gpt-4o-mini",
        own="At PromptForge itself the provider and the model must be ones that your account can use.",
        fields=(
            ("prompt_id", "An integer of its own for each line; the results name it."),
            ("prompt", "The text that the model gets."),
        ),
    ),
}
