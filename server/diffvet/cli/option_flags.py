"""One flag for every option of the settings; the verbs that review share them."""

import argparse


def add_option_arguments(parser: argparse.ArgumentParser) -> None:
    """Add a flag for each option to a verb's parser; what is not said stays None."""
    from diffvet.settings.load import OPTIONS  # noqa: PLC0415 - not needed by other verbs

    group = parser.add_argument_group("options")
    for name, option in OPTIONS.items():
        if "editor" in option.metadata:
            continue
        flag, text = f"--{name.replace('_', '-')}", option.metadata["help"]
        if option.type is bool:
            group.add_argument(
                flag, dest=name, action=argparse.BooleanOptionalAction, default=None, help=text
            )
        else:
            group.add_argument(flag, dest=name, metavar=option.metadata["metavar"], help=text)


def overrides(args: argparse.Namespace) -> dict[str, object]:
    """What the flags said, by option; None where nothing was said."""
    from diffvet.settings.load import OPTIONS  # noqa: PLC0415 - see above

    return {name: getattr(args, name, None) for name in OPTIONS}
