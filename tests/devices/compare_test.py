#!/usr/bin/env python3
"""The comparisons themselves: each kind of mistake is called by its name, and what is right is not blamed."""
import sys

import figures
import identity
import ports
import sensors
import tables

PORT = {"ifIndex": 3, "ifDescr": "eth0", "ifName": "eth0", "ifAlias": "to barn", "ifType": 6, "ifHighSpeed": 100,
        "ifSpeed": 100000000, "ifAdminStatus": 1, "ifOperStatus": 2, "ifHCInOctets": 5000000000,
        "ifInOctets": 705032704, "ifOutOctets": 7, "ifInErrors": 0}
SHOWN = {"index": 3, "name": "eth0", "alias": "to barn", "type": 6, "speed_bps": 100000000, "admin": "up",
         "oper": "down", "in_octets": 5000000000, "out_octets": 7, "in_errors": 0}
SIGNAL = {"class": "rssi", "descr": "Signal", "unit": "dBm", "value": -65, "check": "exact",
          "oids": ["1.3.6.1.4.1.9.1"], "raw": [-65], "tags": ["2"]}
READING = {"class": "rssi", "unit": "dBm", "value": -65, "oid": "1.3.6.1.4.1.9.1", "label": "Signal"}


def _bad_ports(recorded=None, shown=None):
    """The verdicts other than right, of one port with some members changed; None takes a member away."""
    want, got = dict(PORT, **(recorded or {})), dict(SHOWN, **(shown or {}))
    for one in (want, got):
        for key in [k for k, v in one.items() if v is None]:
            del one[key]
    found = ports.compare({"ports": [got]}, {"ports": [want]})
    return [(v.what.split()[-1], v.outcome) for v in found if v.outcome != "right"]


def _sensor(recorded=None, reading=None):
    want, got = dict(SIGNAL, **(recorded or {})), dict(READING, **(reading or {}))
    maps = {"link": {"1": {"descr": "linkUp", "severity": "ok"}, "2": {"descr": "down", "severity": "critical"}}}
    (found,) = sensors.compare({"readings": [got]}, {"sensors": [want], "stateMaps": maps})
    return found


def a_port_as_recorded_is_right():
    return _bad_ports() == []


def a_counter_that_is_off_by_one_is_wrong():
    return _bad_ports(shown={"in_octets": 5000000001}) == [("in_octets", "wrong")]


def the_wide_counter_comes_before_the_narrow_one():
    return _bad_ports({"ifHCInOctets": None}, {"in_octets": 705032704}) == [] and \
        _bad_ports(shown={"in_octets": 705032704}) == [("in_octets", "wrong")]


def what_the_agent_has_not_must_be_absent():
    return _bad_ports({"ifInErrors": None}) == [("in_errors", "wrong")] and \
        _bad_ports({"ifInErrors": None}, {"in_errors": None}) == []


def what_is_not_shown_is_absent():
    return _bad_ports(shown={"out_octets": None}) == [("out_octets", "absent")]


def a_speed_of_nothing_is_no_speed():
    return _bad_ports({"ifHighSpeed": 0, "ifSpeed": 0}, {"speed_bps": None}) == [] and \
        _bad_ports({"ifHighSpeed": 0, "ifSpeed": 4294967295}, {"speed_bps": None}) == [] and \
        _bad_ports({"ifHighSpeed": 0, "ifSpeed": 10000000}, {"speed_bps": 10000000}) == []


def a_status_that_is_in_no_mib_is_unknown():
    return _bad_ports({"ifAdminStatus": 7}, {"admin": "unknown"}) == [] and \
        _bad_ports({"ifAdminStatus": 7}, {"admin": "lowerLayerDown"}) == [("admin", "wrong")]


def a_port_that_is_not_recorded_is_wrong():
    found = list(ports.compare({"ports": [SHOWN, dict(SHOWN, index=9)]}, {"ports": [PORT]}))
    return [v.what for v in found if v.outcome == "wrong"] == ["port 9"]


def doubled_names_may_carry_more():
    second = dict(PORT, ifIndex=4)
    shown = [dict(SHOWN, name="eth0@02:00:00:00:00:01"), dict(SHOWN, index=4, name="eth0#4")]
    found = ports.compare({"ports": shown}, {"ports": [PORT, second]})
    return all(v.outcome == "right" for v in found) and \
        _bad_ports(shown={"name": "eth0#3"}) == [("name", "wrong")]


def octets_that_are_no_text_are_shown_with_marks():
    return figures.shown("hex:41ff42", 64) == "A?B" and figures.shown("a\x1b\u202eb\0 ", 64) == "a??b"


def a_reading_of_the_same_oid_and_class_is_compared():
    return _sensor().outcome == "right"


def a_wrong_sign_scale_and_unit_are_named():
    return "(sign)" in _sensor(reading={"value": 65}).detail and \
        "(scale, 10 times)" in _sensor(reading={"value": -650}).detail and \
        "(unit)" in _sensor(reading={"unit": "dB"}).detail and \
        _sensor(reading={"value": -64}).outcome == "wrong"


def another_class_is_wrong_and_another_oid_absent():
    return "class snr" in _sensor(reading={"class": "snr"}).detail and \
        _sensor(reading={"oid": "1.3.6.1.4.1.9.2"}).outcome == "absent" and \
        _sensor(reading={"value": None}).outcome == "absent"


def zero_is_only_zero():
    return _sensor({"value": 0}, {"value": 0}).outcome == "right" and \
        _sensor({"value": 0}, {"value": 0.004}).outcome == "wrong" and \
        _sensor({"value": 1e-7}, {"value": 2e-7}).outcome == "wrong"


def what_is_missing_must_have_no_value():
    missing = {"check": "missing", "value": None, "raw": [None]}
    return _sensor(missing, {"value": 0}).outcome == "wrong" and \
        _sensor(missing, {"value": None}).outcome == "right"


def a_state_is_found_by_number_or_word():
    state = {"class": "state", "unit": "enum", "value": 1, "raw": [1], "stateMap": "link"}
    return _sensor(state, {"class": "state", "value": 1}).outcome == "right" and \
        _sensor(state, {"class": "state", "value": None, "state": "link up"}).outcome == "right" and \
        _sensor(state, {"class": "state", "value": None, "state": "down"}).outcome == "wrong"


def disputed_and_corrected_stand_apart():
    return _sensor({"check": "disputed"}).outcome == "apart" and \
        _sensor({"check": "corrected"}, {"value": 65}).outcome == "apart"


def counted_rows_stand_below_their_column():
    return _sensor({"check": "transform", "raw": [None], "value": 3},
                  {"oid": "1.3.6.1.4.1.9.1.7", "value": 3}).outcome == "right"


def a_level_that_is_unknown_is_no_percentage():
    toner = {"printerSupplies": [{"descr": "Toner", "levelOid": "1.3.6.1.4.1.9.1", "rawLevel": -3,
                                  "levelState": "some-remaining"}]}
    def judged(reading):
        return [v.outcome for v in sensors.compare_usage({"readings": [dict(READING, **reading)]}, toner)]
    return judged({"value": 50, "unit": "%"}) == ["wrong"] and judged({"value": None}) == ["right"]


def memory_is_right_as_share_or_amount():
    memory = {"mempools": [{"descr": "RAM", "usedOid": "1.3.6.1.4.1.9.1", "usedPercent": 67, "usedBytes": 1024}]}
    def judged(value, unit):
        (v,) = sensors.compare_usage({"readings": [dict(READING, value=value, unit=unit)]}, memory)
        return v.outcome
    return (judged(66.6, "%"), judged(1024, "B"), judged(33, "%")) == ("right", "right", "wrong")


def a_forwarding_entry_needs_its_mac_at_its_port():
    want = {"fdb": [{"mac": "02:00:00:00:00:01", "port": 1, "ifIndex": 3}], "ports": [PORT]}
    def judged(**item):
        (v,) = tables.compare({"fdb": [item]}, want)
        return v.outcome
    return judged(mac="02:00:00:00:00:01", port="eth0") == "right" and \
        judged(mac="02:00:00:00:00:01", ifindex=3) == "right" and \
        judged(mac="02:00:00:00:00:01", port="eth1") == "wrong" and \
        judged(mac="02:00:00:00:00:02", port="eth0") == "absent"


def a_vlan_is_found_by_its_number_and_judged_by_its_name():
    want = {"vlans": [{"vid": 501, "name": "guest"}]}
    def judged(**item):
        (v,) = tables.compare({"vlans": [item]}, want)
        return v.outcome
    return judged(vlan=501, name="guest") == "right" and judged(vlan=502, name="guest") == "absent" and \
        judged(vlan=501, name="lan") == "wrong"


def vendor_and_family_may_have_several_names():
    families = identity.read_families()
    def judged(**got):
        found = identity.compare({"identity": got}, {"os": "procurve", "version": "KB.16.11.0020"}, families)
        return [v.outcome for v in found]
    return judged(vendor="HPE", family="ProCurve", version="KB.16.11.0020") == ["right", "right", "right"] and \
        judged(vendor="Cisco", family=None, version="6.11.0020") == ["wrong", "absent", "wrong"]


def what_the_system_group_has_not_is_absent():
    told = {"system": {"sysName": "barn\0", "sysUpTimeTicks": 12345}}
    def judged(uptime, **got):
        found = identity.compare_system({"identity": got, "uptime_s": uptime}, told)
        return [v.what for v in found if v.outcome != "right"]
    return judged(123, sysname="barn") == [] and judged(-1, sysname="barn", sysdescr="x") == ["sysdescr", "uptime"]


def where_no_vendor_is_known_none_is_right():
    found = identity.compare({"identity": {"vendor": None, "family": "net-snmp"}}, {"os": "linux"},
                             identity.read_families())
    return [v.outcome for v in found] == ["right", "right"]


def a_share_counts_what_is_asserted_alone():
    verdicts = [figures.Verdict("a", "", o, "") for o in ("right", "right", "wrong", "absent", "apart")]
    return figures.percent(verdicts) == (2, 4, 50.0) and figures.percent([]) == (0, 0, 100.0)


def main():
    tests = [f for name, f in sorted(globals().items()) if callable(f) and not name.startswith("_") and f != main]
    failed = 0
    for number, test in enumerate(tests, 1):
        good = test()
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {test.__name__.replace('_', ' ')}")
    print(f"1..{len(tests)}")
    return 1 if failed else 0


sys.exit(main())
