"""A code of one's phone besides the password: set up, asked for at each sign-in, and given up."""

import time

from azora import Conflict, Request, operation
from azora_identity import contracts, directory, domain, events, factors
from azora_identity.domain import CONFIRM_SIGN_IN, PASSWORD, TOTP, USE_SECOND_FACTOR
from azora_identity.models import AccountRow, AuthenticatorRow
from azora_identity.parts import IdentityService
from azora_identity.refusal import refusal
from azora_identity.throttle import Throttle


class SecondFactor(IdentityService):
    """Serves whoever is signed in, about themselves alone."""

    @operation("GET /second-factor", permission=USE_SECOND_FACTOR)
    def read_second_factor(self, request: Request) -> contracts.SecondFactorState:
        """Say whether one's own sign-in asks for a code."""
        id = self.actor.id
        state = "on" if factors.confirmed(id) else "begun" if factors.begun(id) else "off"
        return contracts.SecondFactorState(
            state=state,
            required=factors.required(id, self.settings),
            recovery_codes=factors.recovery_codes_left(id),
        )

    @operation("POST /second-factor", permission=USE_SECOND_FACTOR)
    def begin_second_factor(self, request: Request) -> contracts.NewSecondFactor:
        """Show a new secret for an authenticator app; it counts once a code of it has come."""
        import pyotp
        import segno

        account = directory.account(self.actor.id)
        if factors.confirmed(account.id):
            raise Conflict("You have a second factor already.", code="identity.second_factor_on")
        secret = pyotp.random_base32()
        with self.transaction():
            factors.begin(account.id, self._key.encrypt(secret.encode()).decode())
        address = pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name="Azora")
        picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="#fff")
        return contracts.NewSecondFactor(secret=secret, address=address, picture=picture)

    @operation("POST /second-factor/confirmation", permission=USE_SECOND_FACTOR, rate="20/min")
    def turn_on_second_factor(
        self, request: contracts.TurnOnSecondFactor
    ) -> contracts.RecoveryCodes:
        """Ask for codes from now on. Other sessions end; the recovery codes are shown this once."""
        account = directory.account(self.actor.id)
        begun = factors.begun(account.id)
        if begun is None:
            raise Conflict("Begin anew: no secret was shown.", code="identity.second_factor_off")
        counter = factors.accepts(begun, self._secret(begun), request.code.strip(), time.time())
        if counter is None:
            raise _wrong_code()
        others = [one for one in self.sessions.of_account(account.id) if one.id != self.session_id]
        with self.transaction():
            factors.turn_on(begun, counter)
            codes = factors.renew_recovery_codes(account.id)
            self.emit(events.SecondFactorChanged(account_id=account.id, on=True, by=account.id))
        self.sessions.remove(others)
        return contracts.RecoveryCodes(codes=codes)

    @operation("POST /sessions/current/code", permission=CONFIRM_SIGN_IN, rate="60/min")
    def confirm_sign_in(self, request: contracts.ConfirmSignIn) -> contracts.NewSession:
        """Finish signing in with a code of one's phone, or with a recovery code."""
        account = directory.account(self.actor.id)
        guard = Throttle(self.settings, f"code:{account.email}", self.address)
        with self.transaction():
            guard.take()
        with self.transaction():
            if not self._takes(account, request.code.strip()):
                raise _wrong_code()
            guard.forgive()
        session, secret = self.new_session(account.id, (PASSWORD, TOTP), time.time())
        self.replace_session(session)
        return contracts.NewSession(
            session_token=secret,
            account_id=account.id,
            must_change_password=False,
            next=domain.safe_path(request.next),
        )

    @operation("POST /second-factor/recovery-codes", permission=USE_SECOND_FACTOR)
    def renew_recovery_codes(self, request: contracts.ConfirmPassword) -> contracts.RecoveryCodes:
        """Make new recovery codes in place of those before; they are shown this once."""
        account = directory.account(self.actor.id)
        self.confirm_password(account, request.current_password)
        if not factors.confirmed(account.id):
            raise Conflict("You have no second factor.", code="identity.second_factor_off")
        with self.transaction():
            return contracts.RecoveryCodes(codes=factors.renew_recovery_codes(account.id))

    @operation("POST /second-factor/removal", permission=USE_SECOND_FACTOR)
    def turn_off_second_factor(self, request: contracts.ConfirmPassword) -> None:
        """Sign in with the password alone again."""
        account = directory.account(self.actor.id)
        self.confirm_password(account, request.current_password)
        if factors.required(account.id, self.settings):
            raise Conflict(
                "This campus asks you for a second factor.", code="identity.second_factor_required"
            )
        with self.transaction():
            if factors.turn_off(account.id):
                self.emit(
                    events.SecondFactorChanged(account_id=account.id, on=False, by=account.id)
                )

    def _takes(self, account: AccountRow, code: str) -> bool:
        """Whether a code is right; it is used up then."""
        factor = factors.confirmed(account.id)
        if factor is None:
            return False
        digits = code.replace(" ", "")
        counter = factors.accepts(factor, self._secret(factor), digits, time.time())
        if counter is not None:
            return factors.use(factor, counter)
        return factors.use_recovery_code(account.id, code)

    def _secret(self, factor: AuthenticatorRow) -> str:
        return self._key.decrypt(factor.secret.encode()).decode()

    @property
    def _key(self) -> factors.Fernet:
        return factors.sealing_key(self.hosted.runtime.actors)


def _wrong_code() -> Exception:
    return refusal("code", "identity.wrong_code", "This code is wrong, or too old.")
