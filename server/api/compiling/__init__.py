"""Operations compiled into closures over the Python functions behind the schema's fields: the same answers as graphql-core's,
without its work for each field of each thing.

What is certain about an operation is found out once: which fields are merged into which, what they are called with, which
function reads each, and what its value should be. Values are then only compared with that. Whatever is not as expected
(an error, a null where none may be, an awaitable, a type that nobody named) is handed over to graphql-core, which
executes the whole operation again and words the answer. A mutation is carried out once: see `mutations`.
"""

from server.api.compiling.bindings import Action, Bindings, Direct, Input, Unbound
from server.api.compiling.compiler import Compiled, CompiledMutation, Operation, compile_operation
from server.api.compiling.holes import Holed, Pieces, compile_holed
from server.api.compiling.request import CannotCompile, HandOver

__all__ = [
    "Action", "Bindings", "CannotCompile", "Compiled", "CompiledMutation", "Direct", "HandOver", "Holed", "Input",
    "Operation", "Pieces", "Unbound", "compile_holed", "compile_operation",
]  # fmt: skip
