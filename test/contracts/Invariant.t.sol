// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {RequestMarket} from "../../contracts/RequestMarket.sol";
import {OptionsCode} from "../../contracts/libraries/OptionsCode.sol";
import {Price} from "../../contracts/libraries/Price.sol";
import {Offer, Options} from "../../contracts/types/Offer.sol";
import {Request, RequestParams, Settlement, Status} from "../../contracts/types/Request.sol";
import {RecordingConsumer, RefusingReceiver} from "./support/Consumers.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {PairingVerifier} from "./support/PairingVerifier.sol";
import {Test} from "./support/Test.sol";
import {PlainToken} from "./support/Tokens.sol";

/**
 * Drives a market at random and keeps its own books: what each open request holds, in which token. Every action picks its actor,
 * request and amounts from its arguments, tries, and records what happened. Attempts on requests in the wrong state are part of
 * the walk: they must fail.
 *
 * It stands in this file because the runner calls only contracts of the file under test.
 */
contract MarketActor is Test {
    struct Held {
        bytes32 requestId;
        Request request;
        bytes options;
        address token;
        uint256 escrow;
        uint256 collateral;
        uint256 exits;
        uint256 deliveries;
    }

    RequestMarket public market;
    PlainToken public token;
    bytes32 public modelId;
    RecordingConsumer public consumer = new RecordingConsumer();
    address[] public accounts;
    bytes internal input = hex"0102030405060708";
    bytes internal output = hex"ffffff85";

    Held[] private _held;
    /// How often each action went through, by its number in `step`.
    uint256[12] public done;

    constructor(RequestMarket market_, bytes32 modelId_) {
        (market, modelId, token) = (market_, modelId_, new PlainToken());
        _held.push();
        accounts.push(address(0xacc1));
        accounts.push(address(0xacc2));
        accounts.push(address(0xacc3));
        accounts.push(address(new RefusingReceiver()));
        for (uint256 i = 0; i < accounts.length; ++i) {
            token.mint(accounts[i], 1e30);
            vm.deal(accounts[i], 1e30);
            vm.prank(accounts[i]);
            token.approve(address(market), type(uint256).max);
        }
    }

    /// @param action Which action; everything else comes from `seed`.
    function step(uint256 action, uint256 seed) public {
        action = action % 12;
        bool ok;
        if (action == 0) ok = _submit(seed);
        else if (action == 1) ok = _submitOffer(seed);
        else if (action == 2) ok = _bump(seed);
        else if (action == 3) ok = _lock(seed);
        else if (action == 4) ok = _cancel(seed);
        else if (action == 5) ok = _settle(seed, false);
        else if (action == 6) ok = _settle(seed, true);
        else if (action == 7) ok = _refund(seed);
        else if (action == 8) ok = _retry(seed);
        else if (action == 9) ok = _deposit(seed);
        else if (action == 10) ok = _withdraw(seed);
        else ok = _time(seed);
        if (ok) ++done[action];
    }

    /// @return owed_ Balances of all accounts and what open requests hold.
    function owed(address token_) public view returns (uint256 owed_) {
        for (uint256 i = 0; i < accounts.length; ++i) {
            owed_ += market.balanceOf(token_, accounts[i]);
        }
        for (uint256 i = 1; i < _held.length; ++i) {
            if (_held[i].token == token_ && _held[i].exits == 0) owed_ += _held[i].escrow + _held[i].collateral;
        }
    }

    function holdings(address token_) public view returns (uint256) {
        return token_ == address(0) ? address(market).balance : token.balanceOf(address(market));
    }

    function check() external view {
        assertEq(owed(address(0)), holdings(address(0)), "ETH owed is ETH held");
        assertEq(owed(address(token)), holdings(address(token)), "tokens owed are tokens held");
        for (uint256 i = 1; i < _held.length; ++i) {
            assertLe(_held[i].exits, 1, "a request ends once");
            assertLe(_held[i].deliveries, 1, "an output is delivered once");
            bool open = market.status(_held[i].requestId) == Status.Open;
            assertTrue(open == (_held[i].exits == 0), "open until it ends");
        }
    }

    /// Ends every request and pays every balance out: no state may keep money in.
    function drain() external {
        vm.warp(block.timestamp + 365 days);
        for (uint256 i = 1; i < _held.length; ++i) {
            if (_held[i].exits == 0) {
                market.refund(_held[i].requestId, _held[i].request, _held[i].options);
                ++_held[i].exits;
            }
        }
        RefusingReceiver(payable(accounts[3])).setAccepts(true);
        for (uint256 i = 0; i < accounts.length; ++i) {
            market.release(address(0), accounts[i]);
            market.release(address(token), accounts[i]);
        }
        assertEq(holdings(address(0)), 0, "no ETH is left");
        assertEq(holdings(address(token)), 0, "no token is left");
    }

    function _submit(uint256 seed) private returns (bool) {
        RequestParams memory p = _params(seed);
        address requester = _account(seed >> 8);
        uint256 fee = (seed >> 16) % 1e18;
        vm.prank(requester);
        bytes32 requestId = market.submit{value: fee}(p, input);
        _hold(requestId, _terms(p, requester, fee, 0), "", address(0), fee);
        return true;
    }

    function _submitOffer(uint256 seed) private returns (bool ok) {
        Offer memory offer;
        offer.params = _params(seed);
        offer.input = input;
        offer.options = _options(seed >> 32);
        address requester = _account(seed >> 8);
        uint96 fee = Price.escrow(offer.options);
        bool byValue = offer.options.token == address(0) && seed & 0x80 != 0;
        bytes32 requestId;
        vm.prank(requester);
        try market.submitOffer{value: byValue ? fee : 0}(offer) returns (bytes32 id) {
            (requestId, ok) = (id, true);
        } catch {}
        if (!ok) return false;
        Request memory request = _terms(offer.params, requester, fee, OptionsCode.hash(offer.options));
        _hold(requestId, request, abi.encode(offer.options, new bytes32[](0)), offer.options.token, fee);
    }

    function _bump(uint256 seed) private returns (bool) {
        (Held storage h, bool any) = _pick(seed);
        if (!any) return false;
        uint96 amount = uint96((seed >> 64) % 1e18);
        address payer = _account(seed >> 8);
        uint256 value = h.token == address(0) && seed & 0x80 != 0 ? amount : 0;
        vm.prank(payer);
        try market.bumpFee{value: value}(h.requestId, h.request, h.options, amount) {
            h.escrow += amount;
            return true;
        } catch {
            return false;
        }
    }

    function _lock(uint256 seed) private returns (bool) {
        (Held storage h, bool any) = _pick(seed);
        if (!any || h.options.length == 0) return false;
        (Options memory o,) = abi.decode(h.options, (Options, bytes32[]));
        address prover = _account(seed >> 8);
        uint256 value = o.token == address(0) && seed & 0x80 != 0 ? o.collateral : 0;
        vm.prank(prover);
        try market.lock{value: value}(h.requestId, h.request, h.options) {
            h.collateral = o.collateral;
            return true;
        } catch {
            return false;
        }
    }

    function _cancel(uint256 seed) private returns (bool) {
        (Held storage h, bool any) = _pick(seed);
        if (!any) return false;
        vm.prank(h.request.requester);
        try market.cancel(h.requestId, h.request) {
            return true;
        } catch {
            return false;
        }
    }

    function _settle(uint256 seed, bool batched) private returns (bool ok) {
        (Held storage h, bool any) = _pick(seed);
        if (!any) return false;
        consumer.setRefuses(seed & 0x40 != 0);
        uint256 callsBefore = consumer.calls();
        Settlement[] memory items = new Settlement[](batched ? 2 : 1);
        items[0] = _settlement(h, _account(seed >> 8), 7);
        Status before = market.status(h.requestId);
        if (batched) {
            // The same item again, or one with a false proof: only the first settles, in one pairing or without.
            items[1] = seed & 0x100 == 0 ? items[0] : _settlement(h, items[0].prover, 8);
            market.settleBatch(items, 1_000_000);
            ok = before == Status.Open && market.status(h.requestId) != Status.Open;
        } else {
            try market.settle(items[0]) {
                ok = true;
            } catch {}
        }
        if (ok) ++h.exits;
        h.deliveries += consumer.calls() - callsBefore;
    }

    function _refund(uint256 seed) private returns (bool) {
        (Held storage h, bool any) = _pick(seed);
        if (!any) return false;
        try market.refund(h.requestId, h.request, h.options) {
            ++h.exits;
            return true;
        } catch {
            return false;
        }
    }

    function _retry(uint256 seed) private returns (bool) {
        (Held storage h, bool any) = _pick(seed);
        if (!any) return false;
        consumer.setRefuses(seed & 0x40 != 0);
        uint256 callsBefore = consumer.calls();
        try market.retryCallback(h.requestId, h.request, output) returns (bool ok) {
            h.deliveries += consumer.calls() - callsBefore;
            return ok;
        } catch {
            return false;
        }
    }

    function _deposit(uint256 seed) private returns (bool) {
        address account = _account(seed >> 8);
        uint256 amount = (seed >> 64) % 1e19;
        bool inEth = seed & 1 == 0;
        vm.prank(account);
        market.deposit{value: inEth ? amount : 0}(inEth ? address(0) : address(token), _account(seed >> 16), amount);
        return true;
    }

    function _withdraw(uint256 seed) private returns (bool) {
        address account = _account(seed >> 8);
        address token_ = seed & 1 == 0 ? address(0) : address(token);
        uint256 amount = (seed >> 64) % (market.balanceOf(token_, account) + 2);
        vm.prank(account);
        try market.withdraw(token_, _account(seed >> 16), amount) {
            return true;
        } catch {
            return false;
        }
    }

    function _time(uint256 seed) private returns (bool) {
        vm.warp(block.timestamp + seed % 40 minutes);
        return true;
    }

    function _params(uint256 seed) private view returns (RequestParams memory) {
        bool calls = seed & 1 != 0;
        return RequestParams({
            modelId: modelId,
            refundee: seed & 2 != 0 ? _account(seed >> 24) : address(0),
            callback: calls ? address(consumer) : address(0),
            callbackGasLimit: calls ? 200_000 : 0,
            deadline: uint40(block.timestamp + 1 + (seed >> 100) % 2 hours)
        });
    }

    function _options(uint256 seed) private view returns (Options memory o) {
        o.token = seed & 1 == 0 ? address(0) : address(token);
        o.startFee = uint96((seed >> 8) % 1e18);
        o.endFee = uint96((seed >> 72) % 1e18);
        o.priceFrom = uint40(block.timestamp + (seed >> 16) % 30 minutes);
        o.priceUntil = o.priceFrom + uint40((seed >> 24) % 30 minutes);
        if (seed & 2 != 0) {
            o.collateral = uint96(1 + (seed >> 32) % 1e18);
            o.lockSeconds = uint32(1 + (seed >> 40) % 40 minutes);
        }
        if (seed & 12 == 12) o.provers = bytes32(uint256(uint160(_account(seed >> 48))));
    }

    function _terms(RequestParams memory p, address requester, uint256 fee, bytes32 optionsHash)
        private
        view
        returns (Request memory)
    {
        return Request({
            requester: requester,
            modelId: p.modelId,
            optionsHash: optionsHash,
            inputHash: keccak256(input),
            refundee: p.refundee == address(0) ? requester : p.refundee,
            callback: p.callback,
            callbackGasLimit: p.callbackGasLimit,
            deadline: p.deadline,
            fee: uint96(fee)
        });
    }

    /// @param p The proof is of the equation 14 = 2 p, which holds for 7.
    function _settlement(Held storage h, address prover, uint256 p) private view returns (Settlement memory) {
        bytes32 context = keccak256(abi.encode(block.chainid, address(market), h.requestId, prover));
        return Settlement({
            requestId: h.requestId,
            request: h.request,
            input: input,
            output: output,
            proof: abi.encode(keccak256(abi.encode(keccak256("paired"), input, output, context)), 14, p),
            prover: prover,
            options: h.options
        });
    }

    function _hold(bytes32 requestId, Request memory request, bytes memory options, address token_, uint256 escrow)
        private
    {
        Held storage h = _held.push();
        (h.requestId, h.request, h.options, h.token, h.escrow) = (requestId, request, options, token_, escrow);
    }

    /// @dev Element 0 is a placeholder that stands for no request.
    function _pick(uint256 seed) private view returns (Held storage h, bool any) {
        any = _held.length > 1;
        h = _held[any ? 1 + (seed >> 128) % (_held.length - 1) : 0];
    }

    function _account(uint256 seed) private view returns (address) {
        return accounts[seed % accounts.length];
    }
}

/// Whatever happens in whatever order: what the market owes is what it holds, a request ends once, and all money can leave.
contract InvariantTest is MarketTest {
    MarketActor private actor;

    function setUp() public override {
        super.setUp();
        PairingVerifier paired = new PairingVerifier(keccak256("paired"), 2);
        actor = new MarketActor(market, registry.register(modelParams(address(paired), paired.vkDigest())));
    }

    /// The runner calls these functions only, in random order with random arguments.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(actor);
    }

    function invariant_owedIsHeld() public view {
        actor.check();
    }

    function testFuzz_walkThenDrain(uint256 seed) public {
        for (uint256 i = 0; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            actor.step(seed >> 240, seed);
            actor.check();
        }
        actor.drain();
    }

    /// A walk long enough that every action goes through: the actor's successes are real.
    function test_walk_reachesEveryAction() public {
        uint256 seed = 11;
        for (uint256 i = 0; i < 600; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            actor.step(seed >> 240, seed);
        }
        actor.check();
        for (uint256 action = 0; action < 12; ++action) {
            assertTrue(actor.done(action) > 0, "every action went through");
        }
        actor.drain();
    }
}
