"""Tried calls and routing tests: what happened meanwhile, and how what came differs from what was expected."""

WORDS: dict[str, str] = {
    "the caller hangs up: {why:told}": "el llamante cuelga: {why}",
    "the caller's patience is at its end": "se le acaba la paciencia",
    "nobody comes, and nothing sends the caller on": "no viene nadie, y nada manda al llamante a otro sitio",
    "the echo test is enough": "basta de prueba de eco",
    "the caller says nothing": "el llamante no dice nada",
    "{seconds:n} s are recorded": "se graban {seconds} s",
    "the caller waits in the queue {queue}": "el llamante espera en la cola {queue}",
    "the caller goes on to the queue {queue}, with the place in time": "el llamante pasa a la cola {queue} sin perder el turno",
    "the caller keeps the place in {queue} and will be called at {number:dialled}": "el llamante conserva su turno en {queue} y se le llamará al {number}",
    "{name} sets {what}": "{name} fija {what}",
    "a message of {seconds:n} s for {name} is kept": "se guarda un mensaje de {seconds} s para {name}",
    "what was recorded is thrown away": "se descarta lo grabado",
    "the greeting is changed": "se cambia el saludo",
    "a wrong PIN": "un PIN erróneo",
    "{seconds:n} s become what the prompt {prompt} says in {language:id}": "{seconds} s pasan a ser lo que dice la locución {prompt} en {language}",
    "expected {expected:dialled}, got {got:dialled}: {steps:steps}": "se esperaba {expected}, y fue {got}: {steps}",
    "expected {expected:dialled}, got {got:dialled}: ": "se esperaba {expected}, y fue {got}",
    "did not pass {missed:dialled} in that order; its way was {way}": "no pasó por {missed} en ese orden; su camino fue {way}",
    "not played": "no se ha probado",
}
