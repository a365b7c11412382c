"""Everything the exchange says that is not a number or a date: the catalogue, in Spanish and English.

A :class:`Say` is a prompt key, so it can stand wherever a key can. What is put together from several keys is made in
:mod:`centralita.pbx.speech.sentences`. The Spanish is that of Spain, formal, as a company speaks to its callers.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from centralita.pbx.speech import dates, durations, numbers
from centralita.pbx.speech.phrase import Phrase


class Say(StrEnum):
    """Key, Spanish, English, and the sounds of Asterisk's core sounds that say the same in each."""

    phrase: Phrase

    def __new__(cls, key: str, es: str, en: str, recorded_es: str = "", recorded_en: str = "") -> Say:
        member = str.__new__(cls, key)
        member._value_ = key
        member.phrase = Phrase(key, es, en, recorded_es, recorded_en)
        return member

    # --- why a call does not go through ---------------------------------------------------------------------------

    NUMBER_NOT_IN_SERVICE = (
        "number-not-in-service",
        "El número que ha marcado no existe. Compruebe el número y vuelva a marcar.",
        "The number you have dialed is not in service. Please check the number and try again.",
        "ss-noservice",
        "ss-noservice",
    )
    INVALID_NUMBER = (
        "invalid-number",
        "El número que ha marcado no es válido.",
        "The number you have dialed is not valid.",
        "privacy-incorrect",
        "privacy-incorrect",
    )
    INVALID_EXTENSION = (
        "invalid-extension",
        "Esa extensión no existe. Inténtelo de nuevo.",
        "That is not a valid extension. Please try again.",
        "pbx-invalid",
        "pbx-invalid",
    )
    USER_BUSY = (
        "user-busy",
        "La persona a la que llama está comunicando.",
        "The person you are calling is busy.",
    )
    USER_NO_ANSWER = (
        "user-no-answer",
        "La persona a la que llama no contesta.",
        "The person you are calling does not answer.",
        "",
        "number-not-answering",
    )
    USER_UNAVAILABLE = (
        "user-unavailable",
        "La persona a la que llama no está disponible en este momento.",
        "The person you are calling is not available at the moment.",
        "vm-nobodyavail",
        "vm-nobodyavail",
    )
    CALL_NOT_ALLOWED = (
        "call-not-allowed",
        "No tiene permiso para hacer esta llamada.",
        "You are not allowed to make this call.",
    )
    ABROAD_NOT_ALLOWED = (
        "abroad-not-allowed",
        "Las llamadas al extranjero no están permitidas.",
        "Calls abroad are not allowed.",
    )
    PREMIUM_NOT_ALLOWED = (
        "premium-not-allowed",
        "Las llamadas a números de tarificación especial no están permitidas.",
        "Calls to premium numbers are not allowed.",
    )
    NUMBER_BLOCKED = (
        "number-blocked",
        "Las llamadas a ese número están bloqueadas.",
        "Calls to that number are blocked.",
    )
    TOO_MANY_CALLS = (
        "too-many-calls",
        "Ha llegado al máximo de llamadas simultáneas.",
        "You have reached the maximum number of calls at the same time.",
    )
    DAILY_LIMIT = (
        "daily-limit",
        "Ha llegado al límite de llamadas de hoy.",
        "You have reached the limit of calls for today.",
    )
    ENTER_CALL_PIN = (
        "enter-call-pin",
        "Para hacer esta llamada, marque su clave y pulse almohadilla.",
        "To make this call, please enter your pin, then press the pound key.",
    )
    WRONG_CALL_PIN = ("wrong-call-pin", "La clave no es correcta.", "The pin is not correct.")
    LINES_BUSY = (
        "lines-busy",
        "Todas las líneas están ocupadas. Vuelva a llamar más tarde.",
        "All lines are busy. Please try again later.",
        "",
        "all-circuits-busy-now",
    )
    CALL_FAILED = (
        "call-failed",
        "No se ha podido completar la llamada. Inténtelo más tarde.",
        "Your call could not be completed. Please try again later.",
    )
    CANNOT_TAKE_CALL = (
        "cannot-take-call",
        "Lo sentimos. En este momento no podemos atender su llamada.",
        "We are sorry. We cannot take your call at the moment.",
    )
    TRY_AGAIN = (
        "try-again",
        "Inténtelo de nuevo.",
        "Please try again.",
        "please-try-again",
        "please-try-again",
    )
    GOODBYE = ("goodbye", "Hasta pronto.", "Goodbye.", "vm-goodbye", "vm-goodbye")

    # --- to somebody who answers ----------------------------------------------------------------------------------

    CONFIRM_CALL = (
        "confirm-call",
        "Tiene una llamada. Pulse uno para aceptarla.",
        "You have a call. Press one to accept it.",
    )

    # --- voicemail: to whoever calls ------------------------------------------------------------------------------

    PERSON_AT_EXTENSION = (
        "voicemail/person-at-extension",
        "La persona de la extensión",
        "The person at extension",
        "vm-theperson",
        "vm-theperson",
    )
    IS_UNAVAILABLE = (
        "voicemail/is-unavailable",
        "no está disponible.",
        "is not available.",
        "vm-isunavail",
        "vm-isunavail",
    )
    IS_BUSY = (
        "voicemail/is-busy",
        "está comunicando.",
        "is on the phone.",
        "vm-isonphone",
        "vm-isonphone",
    )
    LEAVE_MESSAGE = (
        "voicemail/leave-message",
        "Deje su mensaje después de la señal. Al terminar, cuelgue o pulse almohadilla.",
        "Please leave your message after the tone. When done, hang up or press the pound key.",
        "vm-intro",
        "vm-intro",
    )
    MESSAGE_SAVED = (
        "voicemail/message-saved",
        "Su mensaje se ha guardado.",
        "Your message has been saved.",
        "vm-msgsaved",
        "vm-msgsaved",
    )
    MESSAGE_TOO_SHORT = (
        "voicemail/message-too-short",
        "Su mensaje es demasiado corto.",
        "Your message is too short.",
        "vm-tooshort",
        "vm-tooshort",
    )
    MAILBOX_FULL = (
        "voicemail/mailbox-full",
        "El buzón de esta persona está lleno.",
        "This mailbox is full.",
        "vm-mailboxfull",
        "vm-mailboxfull",
    )
    NO_MAILBOX = (
        "voicemail/no-mailbox",
        "Esta extensión no tiene buzón de voz.",
        "This extension has no voicemail.",
    )

    # --- voicemail: to its owner ----------------------------------------------------------------------------------

    ENTER_MAILBOX = (
        "voicemail/enter-mailbox",
        "Marque su extensión y pulse almohadilla.",
        "Please enter your extension, then press the pound key.",
    )
    ENTER_PIN = (
        "voicemail/enter-pin",
        "Marque su clave y pulse almohadilla.",
        "Please enter your pin, then press the pound key.",
    )
    WRONG_PIN = (
        "voicemail/wrong-pin",
        "La extensión o la clave no son correctas.",
        "The extension or the pin is not correct.",
        "vm-incorrect",
        "vm-incorrect",
    )
    TOO_MANY_ATTEMPTS = (
        "voicemail/too-many-attempts",
        "Demasiados intentos. Llame más tarde.",
        "Too many attempts. Please call again later.",
    )
    YOU_HAVE = ("voicemail/you-have", "Tiene", "You have", "vm-youhave", "vm-youhave")
    MESSAGE = ("voicemail/message", "mensaje", "message", "vm-message", "vm-message")
    MESSAGES = ("voicemail/messages", "mensajes", "messages", "vm-messages", "vm-messages")
    NEW_ONE = ("voicemail/new-one", "nuevo", "new", "vm-INBOXs", "vm-INBOX")
    NEW_MANY = ("voicemail/new-many", "nuevos", "new", "vm-INBOX", "vm-INBOX")
    OLD_ONE = ("voicemail/old-one", "antiguo", "old", "vm-Olds", "vm-Old")
    OLD_MANY = ("voicemail/old-many", "antiguos", "old", "vm-Old", "vm-Old")
    NO_MESSAGES = ("voicemail/no-messages", "No tiene mensajes.", "You have no messages.", "vm-nomore")
    NO_MORE_MESSAGES = (
        "voicemail/no-more-messages",
        "No hay más mensajes.",
        "There are no more messages.",
        "",
        "vm-nomore",
    )
    FIRST_MESSAGE = ("voicemail/first-message", "Primer mensaje.", "First message.")
    NEXT_MESSAGE = ("voicemail/next-message", "Siguiente mensaje.", "Next message.")
    LAST_MESSAGE = ("voicemail/last-message", "Último mensaje.", "Last message.")
    RECEIVED = ("voicemail/received", "Recibido", "Received", "vm-received", "vm-received")
    FROM_EXTENSION = (
        "voicemail/from-extension",
        "De la extensión",
        "From extension",
        "vm-from-extension",
        "vm-from-extension",
    )
    FROM_NUMBER = (
        "voicemail/from-number",
        "Del número",
        "From number",
        "vm-from-phonenumber",
        "vm-from-phonenumber",
    )
    FROM_UNKNOWN = (
        "voicemail/from-unknown",
        "De un número oculto.",
        "From an unknown caller.",
        "vm-unknown-caller",
        "vm-unknown-caller",
    )
    LASTS = ("voicemail/lasts", "El mensaje dura", "This message lasts", "vm-duration", "vm-duration")
    PRESS_1_TO_LISTEN = (
        "voicemail/press-1-to-listen",
        "Para escuchar los mensajes, pulse 1.",
        "To listen to your messages, press 1.",
    )
    PRESS_4_FOR_GREETING = (
        "voicemail/press-4-for-greeting",
        "Para grabar su saludo, pulse 4.",
        "To record your greeting, press 4.",
    )
    PRESS_STAR_TO_LEAVE = (
        "voicemail/press-star-to-leave",
        "Para terminar, pulse asterisco.",
        "To leave, press star.",
    )
    PRESS_1_TO_REPEAT = (
        "voicemail/press-1-to-repeat",
        "Para volver a escuchar el mensaje, pulse 1.",
        "To hear the message again, press 1.",
    )
    PRESS_2_TO_KEEP = (
        "voicemail/press-2-to-keep",
        "Para conservarlo y pasar al siguiente, pulse 2.",
        "To keep it and go to the next, press 2.",
    )
    PRESS_3_TO_DELETE = ("voicemail/press-3-to-delete", "Para borrarlo, pulse 3.", "To delete it, press 3.")
    MESSAGE_KEPT = ("voicemail/message-kept", "Mensaje guardado.", "Message saved.")
    MESSAGE_DELETED = (
        "voicemail/message-deleted",
        "Mensaje borrado.",
        "Message deleted.",
        "vm-deleted",
        "vm-deleted",
    )
    INVALID_OPTION = (
        "invalid-option",
        "Esa opción no es válida.",
        "That option is not valid.",
        "vm-sorry",
        "vm-sorry",
    )
    RECORD_GREETING = (
        "voicemail/record-greeting",
        "Grabe su saludo después de la señal. Al terminar, pulse almohadilla.",
        "Record your greeting after the tone. When done, press the pound key.",
        "vm-rec-unv",
        "vm-rec-unv",
    )
    GREETING_OPTIONS = (
        "voicemail/greeting-options",
        "Para grabar su saludo, pulse 1. Para escucharlo, pulse 2. Para volver al saludo general, pulse 3.",
        "To record your greeting, press 1. To listen to it, press 2. To go back to the default greeting, press 3.",
    )
    GREETING_REVIEW = (
        "voicemail/greeting-review",
        "Para guardar esta grabación, pulse 1. Para escucharla, pulse 2. Para grabarla de nuevo, pulse 3.",
        "To save this recording, press 1. To listen to it, press 2. To record it again, press 3.",
        "vm-review",
        "vm-review",
    )
    GREETING_SAVED = (
        "voicemail/greeting-saved",
        "Su saludo se ha guardado.",
        "Your greeting has been saved.",
    )
    GREETING_DELETED = (
        "voicemail/greeting-deleted",
        "Su saludo se ha borrado. A partir de ahora se oirá el saludo general.",
        "Your greeting has been deleted. From now on the default greeting is played.",
    )
    GREETING_UNCHANGED = (
        "voicemail/greeting-unchanged",
        "Su saludo no ha cambiado.",
        "Your greeting has not been changed.",
    )

    # --- star codes -----------------------------------------------------------------------------------------------

    DO_NOT_DISTURB = ("feature/do-not-disturb", "No molestar", "Do not disturb", "", "do-not-disturb")
    FORWARD_ALWAYS = (
        "feature/forward-always",
        "Desvío de todas las llamadas",
        "Forwarding of all calls",
        "",
        "call-fwd-unconditional",
    )
    FORWARD_BUSY = (
        "feature/forward-busy",
        "Desvío de llamadas si comunica",
        "Call forwarding when busy",
        "",
        "call-fwd-on-busy",
    )
    FORWARD_NO_ANSWER = (
        "feature/forward-no-answer",
        "Desvío de llamadas si no contesta",
        "Call forwarding when there is no answer",
        "",
        "call-fwd-no-ans",
    )
    FORWARD_UNREACHABLE = (
        "feature/forward-unreachable",
        "Desvío de llamadas si no está disponible",
        "Call forwarding when not reachable",
    )
    ACTIVATED = ("feature/activated", "activado.", "activated.", "", "activated")
    DEACTIVATED = ("feature/deactivated", "desactivado.", "deactivated.", "", "de-activated")
    ACTIVATED_TO = ("feature/activated-to", "activado al número", "is set to", "", "is-set-to")
    FEATURE_REFUSED = (
        "feature/refused",
        "Esa función no está permitida.",
        "That feature is not allowed.",
        "",
        "feature-not-avail-line",
    )
    FEATURE_FAILED = (
        "feature/failed",
        "No se ha podido guardar el cambio. Inténtelo más tarde.",
        "The change could not be saved. Please try again later.",
    )
    FORWARDING_REFUSED = (
        "feature/forwarding-refused",
        "No se pueden desviar las llamadas a ese número.",
        "Calls cannot be forwarded to that number.",
    )
    OVERRIDE = ("feature/override", "Modo especial de horario", "The special opening hours mode is")
    IT_ENDS = ("feature/it-ends", "Termina", "It ends")
    INVALID_TIME = (
        "feature/invalid-time",
        "Esa hora no es válida, o ya ha pasado.",
        "That time is not valid, or has already passed.",
    )
    RECORDING_PROMPT = ("prompt/recording", "Va a grabar la locución", "You are recording announcement")
    RECORD_PROMPT = (
        "prompt/record",
        "Hable después de la señal. Al terminar, pulse almohadilla.",
        "Please speak after the tone. When done, press the pound key.",
    )
    PROMPT_SAVED = (
        "prompt/saved",
        "La locución se ha guardado. Quien llame la oye desde ahora.",
        "The announcement has been saved. Callers hear it from now on.",
    )
    PROMPT_WAITS = (
        "prompt/waits",
        "La locución se ha guardado. Se oirá cuando se publiquen los cambios.",
        "The announcement has been saved. It will be heard once the changes are published.",
    )
    PROMPT_UNCHANGED = (
        "prompt/unchanged",
        "La locución no ha cambiado.",
        "The announcement has not been changed.",
    )
    AGENT_LOGGED_IN = (
        "agent/logged-in",
        "Ha entrado en sus colas. Recibirá llamadas.",
        "You are logged in to your queues. You will receive calls.",
    )
    AGENT_LOGGED_OUT = (
        "agent/logged-out",
        "Ha salido de sus colas. Ya no recibirá llamadas.",
        "You are logged out of your queues. You will no longer receive calls.",
    )
    AGENT_PAUSED = (
        "agent/paused",
        "Está en pausa. No recibirá llamadas de las colas.",
        "You are paused. You will not receive calls from queues.",
    )
    AGENT_RESUMED = (
        "agent/resumed",
        "Ha terminado la pausa. Recibirá llamadas de las colas.",
        "Your pause is over. You will receive calls from queues.",
    )
    NOT_AN_AGENT = (
        "agent/not-an-agent",
        "Su extensión no atiende ninguna cola.",
        "Your extension does not serve any queue.",
    )
    ECHO_TEST = (
        "echo-test",
        "Prueba de eco. Oirá todo lo que diga. Para terminar, cuelgue.",
        "Echo test. You will hear everything you say. To end, hang up.",
        "demo-echotest",
        "demo-echotest",
    )
    ECHO_DONE = (
        "echo-done",
        "La prueba de eco ha terminado.",
        "The echo test is over.",
        "demo-echodone",
        "demo-echodone",
    )

    # --- queues ---------------------------------------------------------------------------------------------------

    QUEUE_NEXT = (
        "queue/next",
        "Su llamada es la siguiente.",
        "Your call is next in line.",
        "",
        "queue-youarenext",
    )
    QUEUE_POSITION = ("queue/position", "Su llamada está en la posición", "Your call is number")
    QUEUE_IN_LINE = ("queue/in-line", "de la cola.", "in line.")
    QUEUE_SOON = (
        "queue/soon",
        "Le atenderemos en menos de un minuto.",
        "We expect to answer your call in less than one minute.",
    )
    QUEUE_LONG = (
        "queue/long",
        "El tiempo de espera estimado es de más de una hora.",
        "The estimated wait is more than one hour.",
    )
    QUEUE_WAIT = ("queue/wait", "El tiempo de espera estimado es de", "The estimated wait is")
    CALLBACK_OFFER = (
        "queue/callback-offer",
        "Si prefiere que le llamemos cuando sea su turno, sin perder su puesto, pulse",
        "If you would like us to call you back when it is your turn, without losing your place, press",
    )
    CALLBACK_NUMBER = ("queue/callback-number", "Le llamaremos al número", "We will call you back at")
    CALLBACK_CONFIRM = (
        "queue/callback-confirm",
        "Para confirmarlo, pulse 1.",
        "To confirm, press 1.",
    )
    CALLBACK_OTHER = (
        "queue/callback-other",
        "Para indicar otro número, pulse 2.",
        "To give another number, press 2.",
    )
    CALLBACK_STAY = (
        "queue/callback-stay",
        "Si prefiere seguir esperando, pulse asterisco.",
        "If you would rather go on waiting, press star.",
    )
    CALLBACK_DECLINE = (
        "queue/callback-decline",
        "Si no desea que le llamemos, pulse asterisco.",
        "If you do not want us to call you, press star.",
    )
    CALLBACK_ENTER = (
        "queue/callback-enter",
        "Marque el número al que desea que le llamemos y pulse almohadilla.",
        "Please enter the number at which we should call you, then press the pound key.",
    )
    CALLBACK_KEPT = (
        "queue/callback-kept",
        "De acuerdo. Conservamos su puesto y le llamaremos cuando sea su turno.",
        "All right. We will keep your place and call you when it is your turn.",
    )
    CALLBACK_IMPOSSIBLE = (
        "queue/callback-impossible",
        "No podemos llamarle, porque su número está oculto.",
        "We cannot call you back, because your number is withheld.",
    )


PAUSE = Phrase(numbers.PAUSE, "", "")

CATALOGUE: Mapping[str, Phrase] = MappingProxyType(
    {
        phrase.key: phrase
        for phrase in (
            *numbers.PHRASES,
            *dates.PHRASES,
            *durations.PHRASES,
            *(say.phrase for say in Say),
            PAUSE,
        )
    }
)
"""Every key that the exchange may ever play. A key without a text in a language is not said in it, but for PAUSE."""
