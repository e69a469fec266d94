"""Runs a model's graph node by node; Rasa's own runner hands each run to dask, which plans it again."""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner


class DirectGraphRunner(DaskGraphRunner):
    """Runs the nodes that the targets need; the order is computed once for each set of targets."""

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run the graph.

        Args:
            inputs: values by name.
            targets: nodes whose results to return; by default those that the schema names.

        Raises:
            GraphRunError: a node could not run.
        """
        wanted = tuple(targets or self._graph_schema.target_names)
        results: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in self._order(wanted):
                results[name] = self._instantiated_nodes[name](*(results.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: results[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[tuple[str, list[str]]]:
        """The nodes with their inputs, sorted so that inputs come first."""
        orders: dict[tuple[str, ...], list[tuple[str, list[str]]]] = self.__dict__.setdefault("_orders", {})
        if targets not in orders:
            nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
            order: dict[str, list[str]] = {}

            def put(name: str) -> None:
                if name in nodes and name not in order:
                    needs = list(nodes[name].needs.values())
                    for need in needs:
                        put(need)
                    order[name] = needs

            for target in targets:
                put(target)
            orders[targets] = list(order.items())
        return orders[targets]
