
from test_walk import cast  # noqa
from shenbao_stack.looking import looked_at
def test_shots(desk, cast):
    wrong=[]
    for role, paths in {"office": ["/office/projects","/office/projects/new","/office/cases"],"admin":["/admin/programmes","/admin/accounts"],"unit":["/declare/{programme}/{variant}/fill","/declare/{programme}/determination_intermediate/fill","/declare/{programme}/{variant}/report","/unit/accounts","/declare/{programme}/{variant}/tracking","/staffing/{unit_id}","/unit/examinations/{titles}/{examined}"]}.items():
        user=cast.people[role]
        page=desk(user, password=user.password if role=="admin" else __import__("shenbao_stack.world",fromlist=["PASSWORD"]).PASSWORD)
        for p in paths:
            page.goto(p.format_map(cast.names))
            try: looked_at(page, "zz-"+role+p, languages=("zh","en"))
            except BaseException as e: wrong.append(str(e))
    assert not wrong, wrong
